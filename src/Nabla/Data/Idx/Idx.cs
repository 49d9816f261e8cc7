using System.Buffers.Binary;
using System.IO.Compression;
using Nabla.IO;

namespace Nabla;

/// <summary>
/// Reads and writes IDX files, the format of MNIST: a magic number, the extents and the bytes, numbers being 32 bits
/// with the most significant byte first. Images are 2051, count, rows, columns and then one byte a pixel, 0 for
/// background to 255 for full ink; labels are 2049, count and then one byte each.
/// Format: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits".
/// </summary>
/// <remarks>
/// Reading recognises gzip by content and is strict: a wrong magic number or size, a label that is no class, a byte too
/// few or too many is a <see cref="MalformedFileException"/>. A file that cannot be opened is an
/// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </remarks>
public static class Idx
{
    /// <summary>Greatest height and width of an image, in pixels: 16,384.</summary>
    public const int MaxSide = 16_384;

    private const uint ImagesMagic = 2051;
    private const uint LabelsMagic = 2049;

    /// <summary>Reads an images file.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <returns>At least one image of shape [rows, columns].</returns>
    /// <exception cref="MalformedFileException">The contents are not those of an images file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static ByteFeatures ReadImages(string path)
    {
        using DataFileReader reader = DataFileReader.Open(path);
        return ReadImages(reader);
    }

    /// <summary>Reads a labels file.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="classCount">Number of classes, 1 to 256; every label must be below it.</param>
    /// <exception cref="MalformedFileException">The contents are not those of a labels file, or a label is no class.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static ClassLabels ReadLabels(string path, int classCount = 10)
    {
        CheckClassCount(classCount);
        using DataFileReader reader = DataFileReader.Open(path);
        return ReadLabels(reader, classCount);
    }

    /// <summary>Reads an images file and the labels file that belongs to it.</summary>
    /// <param name="imagesPath">The images, plain or gzip.</param>
    /// <param name="labelsPath">As many labels, plain or gzip.</param>
    /// <param name="classCount">Number of classes, 1 to 256.</param>
    /// <exception cref="MalformedFileException">A file is not what it should be, or the two differ in count.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static DataSet ReadPair(string imagesPath, string labelsPath, int classCount = 10)
    {
        CheckClassCount(classCount);
        using DataFileReader images = DataFileReader.Open(imagesPath);
        using DataFileReader labels = DataFileReader.Open(labelsPath);
        return ReadPair(images, labels, classCount);
    }

    /// <summary>Writes an images file, compressed where <paramref name="path"/> ends in <c>.gz</c>.</summary>
    /// <param name="path">The file to make or replace, all at once.</param>
    /// <param name="images">At least one image of shape [rows, columns] or [rows, columns, 1].</param>
    /// <exception cref="ArgumentException">There is no image, or the shape is not that of grey images.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void WriteImages(string path, ByteFeatures images)
    {
        Shape shape = images.SampleShape;
        if (shape.Count is not (2 or 3) || (shape.Count == 3 && shape[2] != 1) || shape[0] > MaxSide || shape[1] > MaxSide)
        {
            throw new ArgumentException($"Images of shape {shape} do not fit an IDX file; expected rows × columns, each at most {MaxSide}.", nameof(images));
        }
        CheckNotEmpty(images.Count, "image", nameof(images));
        Write(path, [ImagesMagic, (uint)images.Count, (uint)shape[0], (uint)shape[1]], stream => stream.Write(images.Values));
    }

    /// <summary>Writes a labels file, compressed where <paramref name="path"/> ends in <c>.gz</c>.</summary>
    /// <param name="path">The file to make or replace, all at once.</param>
    /// <param name="labels">At least one label, each at most 255.</param>
    /// <exception cref="ArgumentException">There is no label, or one exceeds a byte.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void WriteLabels(string path, ClassLabels labels)
    {
        CheckNotEmpty(labels.Count, "label", nameof(labels));
        byte[] bytes = new byte[labels.Count];
        for (int i = 0; i < bytes.Length; i++)
        {
            int label = labels.Values[i];
            bytes[i] = label <= byte.MaxValue
                ? (byte)label
                : throw new ArgumentException($"Label {label} of sample {i} does not fit an IDX file; the greatest is 255.", nameof(labels));
        }
        Write(path, [LabelsMagic, (uint)bytes.Length], stream => stream.Write(bytes));
    }

    internal static DataSet ReadPair(DataFileReader images, DataFileReader labels, int classCount)
    {
        ByteFeatures features = ReadImages(images);
        ClassLabels targets = ReadLabels(labels, classCount);
        if (targets.Count != features.Count)
        {
            throw new MalformedFileException(labels.FilePath,
                $"has {targets.Count} labels, expected {features.Count}, one for each image of {images.FilePath}; the two files do not belong together.", 4);
        }
        return new DataSet(features, targets);
    }

    internal static void CheckClassCount(int classCount)
    {
        if (classCount is < 1 or > 256)
        {
            throw new ArgumentOutOfRangeException(nameof(classCount), classCount, "The number of classes in an IDX labels file must be 1 to 256.");
        }
    }

    private static ByteFeatures ReadImages(DataFileReader reader)
    {
        ReadMagic(reader, ImagesMagic, "an images file");
        uint count = ReadExtent(reader, "the number of images", int.MaxValue);
        uint rows = ReadExtent(reader, "the number of rows", MaxSide);
        uint columns = ReadExtent(reader, "the number of columns", MaxSide);
        ulong size = (ulong)count * rows * columns;
        if (size > (ulong)Array.MaxLength)
        {
            throw new MalformedFileException(reader.FilePath,
                $"announces {count} images of {rows}×{columns}, {size} bytes; expected at most {Array.MaxLength} bytes.", 4);
        }
        ReadOnlyMemory<byte> pixels = reader.ReadMemory((int)size, $"the pixels of {count} images of {rows}×{columns}");
        reader.ExpectEnd();
        return new ByteFeatures(pixels, [(int)rows, (int)columns]);
    }

    private static ClassLabels ReadLabels(DataFileReader reader, int classCount)
    {
        ReadMagic(reader, LabelsMagic, "a labels file");
        // Labels become 32-bit numbers, four bytes for each in the file.
        uint count = ReadExtent(reader, "the number of labels", (uint)(Array.MaxLength / sizeof(int)));
        long start = reader.Offset;
        byte[] bytes = reader.ReadBytes((int)count, $"the {count} labels");
        reader.ExpectEnd();
        int[] labels = new int[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            labels[i] = bytes[i] < classCount
                ? bytes[i]
                : throw new MalformedFileException(reader.FilePath, $"label {bytes[i]} of sample {i}, expected 0 to {classCount - 1}.", start + i);
        }
        return new ClassLabels(labels, classCount);
    }

    private static void ReadMagic(DataFileReader reader, uint expected, string what)
    {
        uint magic = reader.ReadUInt32("the magic number");
        if (magic != expected)
        {
            string kind = magic switch
            {
                ImagesMagic => " (an images file)",
                LabelsMagic => " (a labels file)",
                _ => "",
            };
            throw new MalformedFileException(reader.FilePath, $"magic number {magic}{kind}, expected {expected} ({what}).", 0);
        }
    }

    private static uint ReadExtent(DataFileReader reader, string what, uint greatest)
    {
        long offset = reader.Offset;
        uint extent = reader.ReadUInt32(what);
        return extent >= 1 && extent <= greatest
            ? extent
            : throw new MalformedFileException(reader.FilePath, $"{what} is {extent}, expected 1 to {greatest}.", offset);
    }

    private static void CheckNotEmpty(int count, string what, string parameter)
    {
        if (count == 0)
        {
            throw new ArgumentException($"An IDX file needs at least one {what}.", parameter);
        }
    }

    private static void Write(string path, uint[] header, Action<Stream> writeData) =>
        AtomicFile.Write(path, file =>
        {
            using Stream? compressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true)
                : null;
            Stream stream = compressed ?? file;
            byte[] number = new byte[4];
            foreach (uint value in header)
            {
                BinaryPrimitives.WriteUInt32BigEndian(number, value);
                stream.Write(number);
            }
            writeData(stream);
        });
}
