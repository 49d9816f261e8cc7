using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Nabla.Tests.Data;

/// <summary>NumPy's files made by hand, right or wrong.</summary>
internal static class NpyBytes
{
    /// <summary>A file of version 1 with any header text.</summary>
    public static byte[] Npy(string header, params byte[] data) => [.. Start(1, header.Length), .. Encoding.Latin1.GetBytes(header), .. data];

    public static byte[] Npy(string type, string shape, params byte[] data) =>
        Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}\n", data);

    public static byte[] Start(int version, long length)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. version == 1 ? bytes[..2] : bytes];
    }

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Contents)[] entries)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] contents) in entries)
            {
                using Stream entry = archive.CreateEntry(name, level).Open();
                entry.Write(contents);
            }
        }
        return stream.ToArray();
    }

    /// <summary>Replaces the lengths that a zip file of one entry claims for it, in the directory and before the entry.</summary>
    public static byte[] ClaimLength(byte[] zip, uint length)
    {
        byte[] changed = [.. zip];
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan((int)BinaryPrimitives.ReadUInt32LittleEndian(changed.AsSpan(changed.AsSpan().LastIndexOf("PK\u0005\u0006"u8) + 16)) + 24), length);
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(changed.AsSpan().IndexOf("PK\u0003\u0004"u8) + 22), length);
        return changed;
    }
}
