using System.Buffers.Binary;
using System.Text;

namespace Nabla;

/// <summary>Reads a <c>.npy</c> file, plain or gzip.</summary>
internal static class NpyFile
{
    /// <summary>Reads the array, and nothing may follow it.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="map">Whether samples of bytes in a plain file are mapped.</param>
    public static NumericArray Read(string path, bool map = false)
    {
        using DataFileReader reader = DataFileReader.Open(path, map: map);
        return NpyHeader.Read(reader).ReadArray(reader);
    }

    /// <summary>Type and extents of the array; null where the file is no array of numbers.</summary>
    public static ArrayOutline? Describe(string path)
    {
        try
        {
            using DataFileReader reader = DataFileReader.Open(path);
            NpyHeader header = NpyHeader.Read(reader);
            return new ArrayOutline(header.Type, header.Shape);
        }
        catch (MalformedFileException)
        {
            return null;
        }
    }
}

/// <summary>The header of a <c>.npy</c> file of version 1, 2 or 3. Format: NumPy Enhancement Proposal 1.</summary>
/// <param name="Type">Type of a number.</param>
/// <param name="IsFortran">Whether the first index is fastest.</param>
/// <param name="Shape">The extents.</param>
/// <param name="DataLength">Number of bytes that follow the header.</param>
internal sealed record NpyHeader(NumericType Type, bool IsFortran, int[] Shape, int DataLength)
{
    /// <summary>The header of a plain array has about 120 bytes.</summary>
    private const int MaxLength = 65_535;

    /// <summary>What every such file begins with.</summary>
    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads magic, version, length and header.</summary>
    public static NpyHeader Read(DataReader reader)
    {
        byte[] start = reader.ReadBytes(Magic.Length + 2, "the magic bytes and the version");
        if (!start.AsSpan().StartsWith(Magic))
        {
            throw new MalformedFileException(reader.FilePath, $"begins with {Convert.ToHexStringLower(start.AsSpan(0, Magic.Length))}, expected 934e554d5059 (a NumPy array).", 0);
        }
        int major = start[6];
        if (major is < 1 or > 3 || start[7] != 0)
        {
            throw new MalformedFileException(reader.FilePath, $"found version {major}.{start[7]}, expected 1.0, 2.0 or 3.0.", 6);
        }
        long lengthOffset = reader.Offset;
        byte[] lengthBytes = reader.ReadBytes(major == 1 ? 2 : 4, "the length of the header");
        long length = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(lengthBytes) : BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (length > MaxLength)
        {
            throw new MalformedFileException(reader.FilePath, $"announces a header of {length} bytes, expected at most {MaxLength}.", lengthOffset);
        }
        long offset = reader.Offset;
        byte[] text = reader.ReadBytes((int)length, "the header");
        return NpyHeaderParser.Parse(reader.FilePath, offset, Encoding.Latin1.GetString(text));
    }

    /// <summary>Reads the numbers that follow the header, and expects the end after them.</summary>
    public NumericArray ReadArray(DataReader reader)
    {
        string what = $"the numbers of an array {Type} of shape ({string.Join(", ", Shape)})";
        // Of one extent are labels; they and all but bytes become other numbers, and are not kept.
        ReadOnlyMemory<byte> data = Type.AreBytes && Shape.Length > 1 && !IsFortran ? reader.ReadMemory(DataLength, what) : reader.ReadBytes(DataLength, what);
        reader.ExpectEnd();
        return new NumericArray(Type, Shape, IsFortran, data);
    }
}
