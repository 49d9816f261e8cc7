using System.IO.Compression;
using System.Text;

namespace Nabla;

/// <summary>Writes an npz archive as <c>numpy.savez</c> does: an uncompressed zip archive of npy files. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.</summary>
internal static class NpzWriter
{
    // The header ends at a multiple of it, so that the numbers can be mapped into memory.
    private const int Alignment = 64;

    public static void Write(Stream stream, IEnumerable<SafeTensor> tensors)
    {
        using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (SafeTensor tensor in tensors)
        {
            ZipArchiveEntry entry = archive.CreateEntry(tensor.Name + ".npy", CompressionLevel.NoCompression);
            // The same network gives the same bytes.
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using Stream file = entry.Open();
            string shape = tensor.Extents.Count == 1 ? $"{tensor.Extents[0]}," : string.Join(", ", tensor.Extents);
            string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}";
            int begin = NpyHeader.Magic.Length + 2 + sizeof(ushort);
            int length = (begin + header.Length + 1 + Alignment - 1) / Alignment * Alignment - begin;
            file.Write(NpyHeader.Magic);
            file.Write([1, 0, (byte)length, (byte)(length >> 8)]);
            file.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
            file.Write(SafeTensorsFile.ToLittleEndian(tensor.Values.Span));
        }
    }
}
