using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using Nabla.IO;

namespace Nabla;

/// <summary>
/// Reads tables of text, with commas, semicolons, tabs, vertical bars or blanks between cells, and writes images in the layout of Kaggle's MNIST: a label, then the pixels row by
/// row, under a header <c>label,1x1,1x2,…</c>.
/// </summary>
/// <remarks>
/// <para>
/// Whether the first line has names is told by its cells and those below. The label is the column named label, class, target, y or species; else the only one of words, or the first or last
/// where that one alone has classes; else <see cref="DataFileOptions.Label"/> or <see cref="DataFileOptions.Target"/> have to say it. A column that numbers the rows is passed over.
/// </para>
/// <para>
/// Columns are pixels where their names say so (1x1, pixel0), or where they have no names but numbers, are a square number of at least 25 and have one range: bytes where all are whole
/// numbers of 0 to 255, and where some cells are fractions floats. A square number of them makes square images, 784 of them 28×28, any other a row. All other columns make a row of floats:
/// numbers as they are, words as categories, each a value of its own that is 1 for that word and else 0 (<see cref="TableSchema"/>).
/// </para>
/// <para>
/// Gzip, UTF-8 and UTF-16, a byte order mark, quoted cells, blanks around cells, decimal commas beside other separators than commas, comments that begin with #, line ends of LF, CR LF and CR,
/// and a blank end are read. A cell that is no number among numbers, and one that is missing, is an error that names its line and its column, counted in cells from 1;
/// see <see cref="DataFileOptions.Missing"/>.
/// </para>
/// </remarks>
public static class Csv
{
    /// <summary>Reads labelled samples.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="classCount">Number of classes, 1 to 1000; null for as many as there are, of images at least 10.</param>
    /// <exception cref="MalformedFileException">The contents are not those of such a file, or there are no labels.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static DataSet Read(string path, int? classCount = null) => TableFile.Read(path, new DataFileOptions { ClassCount = classCount }, needsAnswers: true).ToDataSet();

    /// <summary>Reads samples with or without labels, to predict what they are; labels are left out.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <exception cref="MalformedFileException">The contents are not those of such a file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Features ReadFeatures(string path) => TableFile.Read(path, new DataFileOptions(), needsAnswers: false).Features;

    /// <summary>Writes labelled images in Kaggle's layout with LF as line end, compressed where <paramref name="path"/> ends in <c>.gz</c>.</summary>
    /// <param name="path">The file to make or replace, all at once.</param>
    /// <param name="images">At least one image of bytes, of shape [rows, columns] or [rows, columns, 1], with class labels.</param>
    /// <exception cref="ArgumentException">There is no image, or the samples are of another kind.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, DataSet images)
    {
        if (images is not { Count: > 0, Features: ByteFeatures pixels, Targets: ClassLabels labels }
            || pixels.SampleShape.Count is not (2 or 3) || (pixels.SampleShape.Count == 3 && pixels.SampleShape[2] != 1))
        {
            throw new ArgumentException(
                $"{images.Count} samples of {images.Features.SampleShape} do not fit Kaggle's layout; expected grey images of bytes, rows × columns, with class labels.", nameof(images));
        }
        AtomicFile.Write(path, file =>
        {
            using Stream? compressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true)
                : null;
            WriteRows(compressed ?? file, pixels, labels);
        });
    }

    private static void WriteRows(Stream stream, ByteFeatures pixels, ClassLabels labels)
    {
        StringBuilder header = new("label");
        for (int row = 1; row <= pixels.SampleShape[0]; row++)
        {
            for (int column = 1; column <= pixels.SampleShape[1]; column++)
            {
                header.Append(',').Append(row).Append('x').Append(column);
            }
        }
        stream.Write(Encoding.ASCII.GetBytes(header.Append('\n').ToString()));

        // A comma and three digits a pixel; a label has up to ten digits.
        byte[] line = new byte[4 * pixels.SampleShape.Size + 16];
        for (int i = 0; i < pixels.Count; i++)
        {
            Utf8Formatter.TryFormat(labels.Values[i], line, out int length);
            foreach (byte pixel in pixels[i])
            {
                line[length++] = (byte)',';
                Utf8Formatter.TryFormat(pixel, line.AsSpan(length), out int digits);
                length += digits;
            }
            line[length++] = (byte)'\n';
            stream.Write(line, 0, length);
        }
    }
}
