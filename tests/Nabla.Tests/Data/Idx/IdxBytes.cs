using System.Buffers.Binary;
using System.IO.Compression;

namespace Nabla.Tests.Data;

/// <summary>IDX files made by hand, right or wrong.</summary>
internal static class IdxBytes
{
    public static byte[] Images(uint count, uint rows, uint columns, params byte[] pixels) =>
        [.. Number(2051), .. Number(count), .. Number(rows), .. Number(columns), .. pixels];

    public static byte[] Labels(params byte[] labels) => [.. Number(2049), .. Number((uint)labels.Length), .. labels];

    public static byte[] Compress(byte[] data)
    {
        using MemoryStream stream = new();
        using (GZipStream compressed = new(stream, CompressionLevel.Optimal))
        {
            compressed.Write(data);
        }
        return stream.ToArray();
    }

    /// <summary>Pixels that look random and are the same every time.</summary>
    public static byte[] Pixels(int count, uint seed = 1)
    {
        int[] values = new int[count];
        new NumPyRandom(seed).Choice(256, values);
        return [.. values.Select(v => (byte)v)];
    }

    private static byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
