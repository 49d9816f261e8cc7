using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Nabla;

/// <summary>
/// Reads one PNG image. The frame of the file (order, lengths and check sums of its chunks) is checked here, and only the
/// chunks that make up the pixels are handed to the decoder: colour profiles, texts and animations cannot do anything.
/// Format: W3C, "Portable Network Graphics (PNG) Specification".
/// </summary>
internal sealed class PngFile
{
    /// <summary>Header chunk: signature, then length, type, 13 bytes and check sum.</summary>
    private const int HeaderEnd = 8 + ChunkOverhead + 13;

    /// <summary>Length, type and check sum of a chunk.</summary>
    private const int ChunkOverhead = 12;

    private readonly string _path;
    private readonly byte[] _contents;

    /// <summary>Reads the header.</summary>
    /// <param name="path">Named in errors.</param>
    /// <param name="contents">The file, which begins with <see cref="Signature"/>.</param>
    public PngFile(string path, byte[] contents)
    {
        _path = path;
        _contents = contents;
        ReadOnlySpan<byte> header = ReadChunk(Signature.Length, out string type);
        if (type != "IHDR" || header.Length != HeaderEnd - Signature.Length)
        {
            throw new MalformedFileException(path, $"the first chunk is {type} with {header.Length - ChunkOverhead} bytes, expected IHDR with 13.", Signature.Length);
        }
        Width = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        Height = BinaryPrimitives.ReadUInt32BigEndian(header[12..]);
    }

    /// <summary>What every PNG file begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>Pixels in a row; not yet compared with the data.</summary>
    public uint Width { get; }

    /// <summary>Number of rows.</summary>
    public uint Height { get; }

    /// <summary>Checks all chunks and returns a file of those that the pixels need.</summary>
    public byte[] KeepPixelChunks()
    {
        using MemoryStream kept = new(_contents.Length);
        kept.Write(Signature);
        int position = Signature.Length;
        string type;
        do
        {
            ReadOnlySpan<byte> chunk = ReadChunk(position, out type);
            if (type is "IHDR" or "PLTE" or "tRNS" or "IDAT" or "IEND")
            {
                kept.Write(chunk);
            }
            position += chunk.Length;
        }
        while (type != "IEND");
        if (!PictureFile.IsEnd(_contents.AsSpan(position)))
        {
            throw new MalformedFileException(_path, $"{_contents.Length - position} bytes follow the end of the image, expected none.", position);
        }
        return kept.ToArray();
    }

    /// <summary>The chunk at <paramref name="position"/> with its length, type and check sum.</summary>
    private ReadOnlySpan<byte> ReadChunk(int position, out string type)
    {
        ReadOnlySpan<byte> rest = _contents.AsSpan(position);
        uint length = rest.Length < ChunkOverhead ? 0 : BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (rest.Length < ChunkOverhead || length > (uint)(rest.Length - ChunkOverhead))
        {
            throw new MalformedFileException(_path,
                $"ends within a chunk: found {rest.Length} bytes, expected {(long)length + ChunkOverhead}; the file is cut short or damaged.", position);
        }
        ReadOnlySpan<byte> chunk = rest[..((int)length + ChunkOverhead)];
        uint found = Crc32.HashToUInt32(chunk[4..^4]);
        uint expected = BinaryPrimitives.ReadUInt32BigEndian(chunk[^4..]);
        if (found != expected)
        {
            throw new MalformedFileException(_path, $"a chunk has the check sum {found:x8}, expected {expected:x8}; the file is damaged.", position);
        }
        type = Encoding.Latin1.GetString(chunk.Slice(4, 4));
        return type.All(char.IsAsciiLetter)
            ? chunk
            : throw new MalformedFileException(_path, $"a chunk has the type {Convert.ToHexStringLower(chunk.Slice(4, 4))}, expected four letters.", position + 4);
    }
}
