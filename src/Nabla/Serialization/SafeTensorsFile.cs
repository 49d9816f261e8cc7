using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla;

/// <summary>
/// A safetensors file: 8 bytes header length, least significant first; the header, a JSON object from
/// tensor name to type, shape and place, with texts under <c>__metadata__</c>; then the numbers, without gaps.
/// Format: https://huggingface.co/docs/safetensors.
/// </summary>
internal static class SafeTensorsFile
{
    /// <summary>Longest header that is read or written, in bytes: 16 MiB.</summary>
    public const int MaxHeaderLength = 16 * 1024 * 1024;

    private const string Float = "F32";
    private const string Half = "F16";
    private const string Integer = "I32";

    private const string MetadataKey = "__metadata__";

    /// <summary>Writes tensors and texts.</summary>
    public static void Write(Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<SafeTensor> tensors)
    {
        JsonObject texts = [];
        foreach ((string key, string value) in metadata)
        {
            texts[key] = value;
        }
        JsonObject header = new() { [MetadataKey] = texts };
        long offset = 0;
        foreach (SafeTensor tensor in tensors)
        {
            string type = tensor.IsInteger ? Integer : tensor.IsHalf ? Half : Float;
            long end = offset + (long)WidthOf(type) * tensor.Values.Length;
            header[tensor.Name] = new JsonObject
            {
                ["dtype"] = type,
                ["shape"] = new JsonArray([.. tensor.Extents.Select(extent => JsonValue.Create(extent))]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }
        using MemoryStream text = new();
        // Relaxed: the texts hold JSON of their own, which should stay readable; nobody puts this into a web page.
        using (Utf8JsonWriter writer = new(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            header.WriteTo(writer);
        }
        // Spaces after the JSON let the numbers begin at a multiple of 8, so that others can map the file into memory.
        while (text.Length % 8 != 0)
        {
            text.WriteByte((byte)' ');
        }
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        stream.Write(length);
        stream.Write(text.GetBuffer(), 0, (int)text.Length);
        foreach (SafeTensor tensor in tensors)
        {
            stream.Write(tensor.IsHalf ? ToHalves(tensor.Values.Span) : ToLittleEndian(tensor.Values.Span));
        }
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">Where the file begins.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="types">Types of numbers that it may have.</param>
    /// <exception cref="MalformedFileException">It is not a safetensors file of these types.</exception>
    public static (Dictionary<string, string> Metadata, List<SafeTensor> Tensors) Read(Stream stream, string path, SafeTensorTypes types = SafeTensorTypes.Floats)
    {
        if (!stream.CanSeek)
        {
            MemoryStream copy = new();
            stream.CopyTo(copy);
            copy.Position = 0;
            stream = copy;
        }
        long length = stream.Length - stream.Position;
        if (length < 8)
        {
            throw new MalformedFileException(path, $"found {length} bytes, expected a safetensors file, which has at least 8; the file is cut short or not a model.");
        }
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > (ulong)Math.Min(length - 8, MaxHeaderLength))
        {
            throw new MalformedFileException(
                path, $"found a header length of {headerLength}, expected at most {Math.Min(length - 8, MaxHeaderLength)}; the file is cut short or not a safetensors model.", 0);
        }
        byte[] header = new byte[headerLength];
        stream.ReadExactly(header);
        long dataLength = length - 8 - (long)headerLength;
        if (dataLength > Array.MaxLength)
        {
            throw new MalformedFileException(path, $"found {dataLength} bytes of numbers, expected at most {Array.MaxLength}.");
        }
        (Dictionary<string, string> metadata, List<Entry> entries) = ParseHeader(path, header, types);
        CheckPlaces(path, entries, dataLength);

        List<SafeTensor> tensors = [];
        foreach (Entry entry in entries.OrderBy(entry => entry.Start))
        {
            float[] values = new float[(entry.End - entry.Start) / WidthOf(entry.Type)];
            if (entry.Type == Float || (entry.Type == Integer && types == SafeTensorTypes.FloatsAndIntegers))
            {
                stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
                FromLittleEndian(values);
            }
            else
            {
                byte[] bytes = new byte[entry.End - entry.Start];
                stream.ReadExactly(bytes);
                Convert(bytes, entry.Type, values);
            }
            tensors.Add(new SafeTensor(entry.Name, entry.Extents, values) { IsInteger = entry.Type == Integer, IsHalf = entry.Type == Half });
        }
        return (metadata, tensors);
    }

    /// <summary>The numbers as the file has them, least significant byte first.</summary>
    public static ReadOnlySpan<byte> ToLittleEndian(ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            return MemoryMarshal.AsBytes(values);
        }
        byte[] bytes = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        }
        return bytes;
    }

    /// <summary>The nearest halves, least significant byte first.</summary>
    private static byte[] ToHalves(ReadOnlySpan<float> values)
    {
        byte[] bytes = new byte[WidthOf(Half) * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(WidthOf(Half) * i), (System.Half)values[i]);
        }
        return bytes;
    }

    private static void FromLittleEndian(Span<float> values)
    {
        if (!BitConverter.IsLittleEndian)
        {
            Span<int> bits = MemoryMarshal.Cast<float, int>(values);
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }
    }

    /// <summary>The nearest floats of numbers of another type.</summary>
    private static void Convert(ReadOnlySpan<byte> bytes, string type, Span<float> values)
    {
        int width = WidthOf(type);
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> from = bytes.Slice(i * width, width);
            values[i] = type switch
            {
                "F64" => (float)BinaryPrimitives.ReadDoubleLittleEndian(from),
                Half => (float)BinaryPrimitives.ReadHalfLittleEndian(from),
                "BF16" => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(from) << 16),
                "I64" => BinaryPrimitives.ReadInt64LittleEndian(from),
                "I32" => BinaryPrimitives.ReadInt32LittleEndian(from),
                "I16" => BinaryPrimitives.ReadInt16LittleEndian(from),
                "I8" => (sbyte)from[0],
                "U64" => BinaryPrimitives.ReadUInt64LittleEndian(from),
                "U32" => BinaryPrimitives.ReadUInt32LittleEndian(from),
                "U16" => BinaryPrimitives.ReadUInt16LittleEndian(from),
                _ => from[0],
            };
        }
    }

    private static (Dictionary<string, string> Metadata, List<Entry> Entries) ParseHeader(string path, byte[] header, SafeTensorTypes types)
    {
        try
        {
            Dictionary<string, string> metadata = [];
            List<Entry> entries = [];
            using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals(MetadataKey))
                {
                    foreach (JsonProperty text in property.Value.EnumerateObject())
                    {
                        metadata.Add(text.Name, text.Value.GetString() ?? "");
                    }
                }
                else
                {
                    entries.Add(ParseEntry(path, property, types));
                }
            }
            return (metadata, entries);
        }
        // What the JSON reader throws for broken JSON, and for values that are not of the kind asked for.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException and not MalformedFileException or KeyNotFoundException)
        {
            throw new MalformedFileException(
                path, "the header is not the JSON object of a safetensors file; the file is damaged or of another format.", 8, exception);
        }
    }

    private static Entry ParseEntry(string path, JsonProperty property, SafeTensorTypes types)
    {
        string name = property.Name;
        string? type = property.Value.GetProperty("dtype").GetString();
        bool isTaken = types switch
        {
            SafeTensorTypes.Floats => type is Float or Half,
            SafeTensorTypes.FloatsAndIntegers => type is Float or Integer,
            _ => WidthOf(type) > 0,
        };
        if (type is null || !isTaken)
        {
            throw new MalformedFileException(path, $"found tensor '{name}' of type {type}, expected {(types == SafeTensorTypes.FloatsAndIntegers ? "F32" : "F32 or F16")}; save the model with floats of that type.");
        }
        int[] extents = [.. property.Value.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())];
        long size = 1;
        foreach (int extent in extents)
        {
            size = extent < 0 ? -1 : size * extent;
            if (size is < 0 or > int.MaxValue)
            {
                throw new MalformedFileException(path, $"found tensor '{name}' of shape [{string.Join(", ", extents)}], expected extents of at least 0 and at most {int.MaxValue} numbers.");
            }
        }
        long[] place = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        if (place is not [>= 0 and long start, long end] || end - start != WidthOf(type) * size)
        {
            throw new MalformedFileException(
                path, $"found tensor '{name}' at [{string.Join(", ", place)}], expected a start and an end {WidthOf(type) * size} bytes apart, as its shape [{string.Join(", ", extents)}] needs.");
        }
        return new Entry(name, extents, start, end, type);
    }

    /// <summary>The tensors must fill the rest of the file exactly, without gap or overlap.</summary>
    private static void CheckPlaces(string path, List<Entry> entries, long dataLength)
    {
        long expected = 0;
        foreach (Entry entry in entries.OrderBy(entry => entry.Start))
        {
            if (entry.Start != expected)
            {
                throw new MalformedFileException(path, $"found tensor '{entry.Name}' at {entry.Start}, expected {expected}, where the one before ends.");
            }
            expected = entry.End;
        }
        if (expected != dataLength)
        {
            throw new MalformedFileException(path, $"found {dataLength} bytes of numbers, expected {expected}; the file is cut short or has bytes too many.");
        }
    }

    /// <summary>Bytes of a number of a type; 0 for one that is not known.</summary>
    private static int WidthOf(string? type) => type switch
    {
        "F64" or "I64" or "U64" => 8,
        Float or Integer or "U32" => 4,
        Half or "BF16" or "I16" or "U16" => 2,
        "I8" or "U8" or "BOOL" => 1,
        _ => 0,
    };

    private sealed record Entry(string Name, int[] Extents, long Start, long End, string Type);
}

/// <summary>Types of numbers that a safetensors file may have.</summary>
internal enum SafeTensorTypes
{
    /// <summary>Floats of 32 or 16 bits, which our own models have.</summary>
    Floats,

    /// <summary>32-bit floats and 32-bit whole numbers, which our own checkpoints have.</summary>
    FloatsAndIntegers,

    /// <summary>All that other tools write; they become 32-bit floats.</summary>
    All,
}

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name, unique within the file.</param>
/// <param name="Extents">Its shape, outermost first; empty for a single number.</param>
/// <param name="Values">Its numbers, row by row.</param>
internal sealed record SafeTensor(string Name, IReadOnlyList<int> Extents, ReadOnlyMemory<float> Values)
{
    /// <summary>Whether <see cref="Values"/> are the bits of 32-bit whole numbers.</summary>
    public bool IsInteger { get; init; }

    /// <summary>Whether the file has <see cref="Values"/> as the nearest 16-bit floats.</summary>
    public bool IsHalf { get; init; }
}
