using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Nabla.Imaging.Tests;

/// <summary>PNG files made by hand, chunk by chunk, in the kinds that no writer of ours makes.</summary>
internal static class PngBytes
{
    public const byte Grey = 0;
    public const byte Rgb = 2;
    public const byte Palette = 3;
    public const byte GreyAlpha = 4;
    public const byte Rgba = 6;

    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="depth">Bits a sample.</param>
    /// <param name="kind">Colour type.</param>
    /// <param name="samples">All rows, packed as the format has them, without filter bytes.</param>
    /// <param name="extra">Chunks between header and data.</param>
    public static byte[] Make(uint width, uint height, byte depth, byte kind, byte[] samples, params byte[][] extra)
    {
        int stride = samples.Length / (int)height;
        byte[] filtered = [.. Enumerable.Range(0, (int)height).SelectMany(y => samples.Skip(y * stride).Take(stride).Prepend((byte)0))];
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal))
        {
            zlib.Write(filtered);
        }
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1a, (byte)'\n',
            .. Chunk("IHDR", [.. Number(width), .. Number(height), depth, kind, 0, 0, 0]),
            .. extra.SelectMany(chunk => chunk),
            .. Chunk("IDAT", packed.ToArray()),
            .. Chunk("IEND", []),
        ];
    }

    public static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. Encoding.Latin1.GetBytes(type), .. data];
        return [.. Number((uint)data.Length), .. body, .. Number(Check(body))];
    }

    public static byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>Bit by bit, as the definition has it.</summary>
    private static uint Check(byte[] bytes)
    {
        uint remainder = uint.MaxValue;
        foreach (byte value in bytes)
        {
            remainder ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                remainder = (remainder >> 1) ^ (0xedb88320u & (0u - (remainder & 1)));
            }
        }
        return ~remainder;
    }
}
