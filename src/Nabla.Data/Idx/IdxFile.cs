namespace Nabla;

/// <summary>Reads IDX files of all types and dimensions as arrays: two zero bytes, the type, the number of dimensions, their extents, and the numbers, the most significant byte first.</summary>
internal static class IdxFile
{
    /// <summary>Type of the numbers, or null where there is no such type.</summary>
    public static NumericType? TypeOf(byte code) => code switch
    {
        0x08 => new NumericType(NumericKind.Unsigned, 1, false),
        0x09 => new NumericType(NumericKind.Signed, 1, false),
        0x0b => new NumericType(NumericKind.Signed, 2, true),
        0x0c => new NumericType(NumericKind.Signed, 4, true),
        0x0d => new NumericType(NumericKind.Float, 4, true),
        0x0e => new NumericType(NumericKind.Float, 8, true),
        _ => null,
    };

    /// <summary>Whether contents that begin so are an IDX file.</summary>
    public static bool IsOne(ReadOnlySpan<byte> start) => start is [0, 0, byte code, >= 1 and <= NumericArray.MaxExtents, ..] && TypeOf(code) is not null;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="map">Whether a plain file of bytes is mapped.</param>
    public static NumericArray Read(string path, bool map = false)
    {
        using DataFileReader reader = DataFileReader.Open(path, map: map);
        return Read(reader);
    }

    /// <summary>Reads a file; no number of it is left.</summary>
    public static NumericArray Read(DataFileReader reader)
    {
        uint magic = reader.ReadUInt32("the magic number");
        int count = (byte)magic;
        if (magic >> 16 != 0 || TypeOf((byte)(magic >> 8)) is not { } type || count is < 1 or > NumericArray.MaxExtents)
        {
            throw new MalformedFileException(reader.FilePath, $"begins with {magic:x8}, expected an IDX file: 0000, a type of 08, 09, 0b, 0c, 0d or 0e, and the number of dimensions.", 0);
        }
        long[] extents = new long[count];
        for (int i = 0; i < count; i++)
        {
            long offset = reader.Offset;
            extents[i] = reader.ReadUInt32($"extent {i + 1} of {count}");
            if (extents[i] is < 1 or > int.MaxValue)
            {
                throw new MalformedFileException(reader.FilePath, $"extent {i + 1} of {count} is {extents[i]}, expected 1 to {int.MaxValue}.", offset);
            }
        }
        if (NumericArray.FindFault(extents, type, out int length) is string fault)
        {
            throw new MalformedFileException(reader.FilePath, $"{fault}.", 4);
        }
        string what = $"the numbers of {string.Join("×", extents)}, {type.Size} bytes each";
        // Other numbers become bytes or floats, and are not kept.
        ReadOnlyMemory<byte> data = type.AreBytes ? reader.ReadMemory(length, what) : reader.ReadBytes(length, what);
        reader.ExpectEnd();
        return new NumericArray(type, [.. extents.Select(extent => (int)extent)], isFortran: false, data);
    }
}
