using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Nabla.IO;
using Nabla.Onnx.Format;

namespace Nabla.Onnx.Import;

/// <summary>Numbers of a model that do not depend on its input: floats, or whole numbers such as extents.</summary>
internal sealed class Constant
{
    /// <summary>Among whole numbers: the size of the batch, which is open.</summary>
    public const long Batch = long.MinValue;

    private readonly float[]? _floats;
    private readonly long[]? _integers;

    private Constant(int[] extents, float[]? floats, long[]? integers) => (Extents, _floats, _integers) = (extents, floats, integers);

    public Constant(int[] extents, float[] floats)
        : this(extents, floats, null)
    {
    }

    public Constant(int[] extents, long[] integers)
        : this(extents, null, integers)
    {
    }

    public int[] Extents { get; }

    public int Count => _floats?.Length ?? _integers!.Length;

    public bool IsInteger => _integers is not null;

    /// <summary>The numbers as floats.</summary>
    public float[] Floats => _floats ?? [.. _integers!.Select(number => (float)number)];

    /// <summary>The numbers as whole numbers; floats lose what is behind the point.</summary>
    public long[] Integers => _integers ?? [.. _floats!.Select(number => (long)number)];

    /// <summary>The only number; null where there are several.</summary>
    public float? Scalar => Count == 1 ? Floats[0] : null;

    public Constant WithExtents(int[] extents) => new(extents, _floats, _integers);

    /// <summary>The same numbers with other extents first.</summary>
    public Constant Transpose(IReadOnlyList<int> axes)
    {
        TensorView view = TensorView.Of(Extents).Transpose(axes);
        int[] places = view.Places();
        return _floats is not null
            ? new Constant(view.Extents, [.. places.Select(place => _floats[place])])
            : new Constant(view.Extents, [.. places.Select(place => _integers![place])]);
    }

    /// <summary>Reads a tensor, from another file where it says so.</summary>
    /// <param name="path">The model's file.</param>
    /// <param name="tensor">The tensor.</param>
    /// <exception cref="MalformedFileException">Its numbers are of a kind that is not read, or not as many as its extents say.</exception>
    public static Constant Read(string path, TensorProto tensor)
    {
        long count = 1;
        foreach (long extent in tensor.Dims)
        {
            // A tensor without numbers is nobody's weights.
            count = extent is > 0 and <= int.MaxValue ? count * extent : -1;
            if (count is < 1 or > int.MaxValue / 8)
            {
                // An empty list of axes or a missing bound is a tensor of 0.
                if (extent == 0 && tensor.Dims.Count == 1)
                {
                    return new Constant([0], Array.Empty<long>());
                }
                throw Fault($"has the extents [{string.Join(", ", tensor.Dims.Take(10))}], expected numbers above 0 whose product is at most {(int.MaxValue / 8).ToString("N0", CultureInfo.InvariantCulture)}");
            }
        }
        int[] extents = [.. tensor.Dims.Select(extent => (int)extent)];
        var type = (TensorProto.Types.DataType)tensor.DataType;
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External || tensor.RawData.Length > 0)
        {
            int width = type switch
            {
                TensorProto.Types.DataType.Double or TensorProto.Types.DataType.Int64 or TensorProto.Types.DataType.Uint64 => 8,
                TensorProto.Types.DataType.Float or TensorProto.Types.DataType.Int32 or TensorProto.Types.DataType.Uint32 => 4,
                TensorProto.Types.DataType.Float16 or TensorProto.Types.DataType.Bfloat16 or TensorProto.Types.DataType.Int16 or TensorProto.Types.DataType.Uint16 => 2,
                TensorProto.Types.DataType.Int8 or TensorProto.Types.DataType.Uint8 or TensorProto.Types.DataType.Bool => 1,
                _ => throw OtherType(),
            };
            long length = count * width;
            if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            {
                return Convert(ReadExternal(path, tensor, length), type, extents);
            }
            return tensor.RawData.Length == length
                ? Convert(tensor.RawData.Span, type, extents)
                : throw Fault($"has {tensor.RawData.Length.ToString("N0", CultureInfo.InvariantCulture)} bytes, expected {length.ToString("N0", CultureInfo.InvariantCulture)} for [{string.Join(", ", extents)}]");
        }
        return type switch
        {
            TensorProto.Types.DataType.Float when Fits(tensor.FloatData.Count) => new Constant(extents, [.. tensor.FloatData]),
            TensorProto.Types.DataType.Double when Fits(tensor.DoubleData.Count) => new Constant(extents, [.. tensor.DoubleData.Select(number => (float)number)]),
            TensorProto.Types.DataType.Int64 when Fits(tensor.Int64Data.Count) => new Constant(extents, [.. tensor.Int64Data]),
            TensorProto.Types.DataType.Float16 when Fits(tensor.Int32Data.Count) => new Constant(extents, [.. tensor.Int32Data.Select(bits => (float)BitConverter.UInt16BitsToHalf((ushort)bits))]),
            TensorProto.Types.DataType.Bfloat16 when Fits(tensor.Int32Data.Count) => new Constant(extents, [.. tensor.Int32Data.Select(bits => BitConverter.Int32BitsToSingle(bits << 16))]),
            TensorProto.Types.DataType.Int32 or TensorProto.Types.DataType.Int16 or TensorProto.Types.DataType.Int8 or TensorProto.Types.DataType.Uint16 or TensorProto.Types.DataType.Uint8
                or TensorProto.Types.DataType.Bool when Fits(tensor.Int32Data.Count) => new Constant(extents, [.. tensor.Int32Data.Select(number => (long)number)]),
            _ => throw OtherType(),
        };

        bool Fits(int found) => found == count
            ? true
            : throw Fault(FormattableString.Invariant($"has {found:N0} numbers, expected {count:N0} for [{string.Join(", ", extents)}]"));

        MalformedFileException OtherType() => Fault($"has numbers of the type {type}, expected floats or whole numbers");

        MalformedFileException Fault(string what) => new(path, $"the tensor '{tensor.Name}' {what}.");
    }

    private static Constant Convert(ReadOnlySpan<byte> bytes, TensorProto.Types.DataType type, int[] extents)
    {
        switch (type)
        {
            case TensorProto.Types.DataType.Float: return new Constant(extents, Each<float>(bytes, 4, BinaryPrimitives.ReadSingleLittleEndian));
            case TensorProto.Types.DataType.Double: return new Constant(extents, Each(bytes, 8, from => (float)BinaryPrimitives.ReadDoubleLittleEndian(from)));
            case TensorProto.Types.DataType.Float16: return new Constant(extents, Each(bytes, 2, from => (float)BinaryPrimitives.ReadHalfLittleEndian(from)));
            case TensorProto.Types.DataType.Bfloat16: return new Constant(extents, Each(bytes, 2, from => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(from) << 16)));
            case TensorProto.Types.DataType.Int64: return new Constant(extents, Each<long>(bytes, 8, BinaryPrimitives.ReadInt64LittleEndian));
            case TensorProto.Types.DataType.Uint64: return new Constant(extents, Each(bytes, 8, from => (long)Math.Min(long.MaxValue, BinaryPrimitives.ReadUInt64LittleEndian(from))));
            case TensorProto.Types.DataType.Int32: return new Constant(extents, Each(bytes, 4, from => (long)BinaryPrimitives.ReadInt32LittleEndian(from)));
            case TensorProto.Types.DataType.Uint32: return new Constant(extents, Each(bytes, 4, from => (long)BinaryPrimitives.ReadUInt32LittleEndian(from)));
            case TensorProto.Types.DataType.Int16: return new Constant(extents, Each(bytes, 2, from => (long)BinaryPrimitives.ReadInt16LittleEndian(from)));
            case TensorProto.Types.DataType.Uint16: return new Constant(extents, Each(bytes, 2, from => (long)BinaryPrimitives.ReadUInt16LittleEndian(from)));
            case TensorProto.Types.DataType.Int8: return new Constant(extents, Each(bytes, 1, from => (long)(sbyte)from[0]));
            default: return new Constant(extents, Each(bytes, 1, from => (long)from[0]));
        }
    }

    private static T[] Each<T>(ReadOnlySpan<byte> bytes, int width, Func<ReadOnlySpan<byte>, T> read)
    {
        if (typeof(T) == typeof(float) && width == sizeof(float) && BitConverter.IsLittleEndian)
        {
            return (T[])(object)MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        }
        T[] numbers = new T[bytes.Length / width];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = read(bytes.Slice(i * width, width));
        }
        return numbers;
    }

    /// <summary>Reads numbers that stand in a file beside the model's, which names file, first byte and length.</summary>
    private static byte[] ReadExternal(string path, TensorProto tensor, long length)
    {
        string? location = null;
        long offset = 0, told = length;
        foreach (StringStringEntryProto entry in tensor.ExternalData)
        {
            bool isNumber = long.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
            switch (entry.Key)
            {
                case "location": location = entry.Value; break;
                case "offset" when isNumber: offset = number; break;
                case "length" when isNumber: told = number; break;
                case "offset" or "length": throw Fault($"has '{entry.Value}' as its {entry.Key}, expected a number of bytes");
            }
        }
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        // A model from elsewhere must not read what else is on this machine.
        if (string.IsNullOrEmpty(location) || location.Contains('\\') || location.Contains(':') || location.Any(char.IsControl) || Path.IsPathRooted(location)
            || location.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw Fault($"stands in the file '{location}', expected the name of a file beside the model");
        }
        string file = Path.Combine(folder, location);
        FileInfo info = new(file);
        if (!info.Exists)
        {
            throw Fault($"stands in the file '{location}', which is not beside the model; copy it there");
        }
        if (info.ResolveLinkTarget(returnFinalTarget: true) is { } target && !target.FullName.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw Fault($"stands in the file '{location}', a link to elsewhere; copy the file itself beside the model");
        }
        if (told != length || offset > info.Length - length)
        {
            throw Fault(FormattableString.Invariant($"has {told:N0} bytes from byte {offset:N0} on of '{location}', a file of {info.Length:N0} bytes, expected {length:N0} bytes within it"));
        }
        using FileStream stream = InputFile.Open(file);
        stream.Position = offset;
        byte[] bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;

        MalformedFileException Fault(string what) => new(path, $"the tensor '{tensor.Name}' {what}.");
    }
}
