using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using Nabla.IO;

namespace Nabla;

/// <summary>
/// Reads and writes images as rows of comma-separated numbers, the layout of Kaggle's MNIST: a label, then the pixels row by
/// row, under a header <c>label,1x1,1x2,…</c>.
/// </summary>
/// <remarks>
/// A first line whose first cell is no number is a header; a header without a column <c>label</c> says that there are no
/// labels. Without a header the count tells: if it is a square there are no labels, otherwise the first number is the label.
/// Gzip, quoted cells, spaces around cells, line ends of LF, CR LF and CR, and a blank end are read. Pixels are bytes where all of them are whole
/// numbers of 0 to 255. Where some cells are fractions all pixels are floats. A whole number beyond 255 among whole numbers
/// is an error, as is any cell that is no number: its line and its column, counted in cells from 1, are named. A square
/// number of pixels makes square images, 784 of them 28×28, any other a row.
/// </remarks>
public static class Csv
{
    /// <summary>Reads labelled images.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="classCount">Number of classes, 1 to 1000; null for 10, or more where labels need more.</param>
    /// <exception cref="MalformedFileException">The contents are not those of such a file, or there are no labels.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static DataSet Read(string path, int? classCount = null)
    {
        CsvTable table = ReadLabelled(path, classCount);
        return new DataSet(table.Features, new ClassLabels(table.Labels!, ClassCount.Of(classCount, table.Labels)));
    }

    /// <summary>Reads images with or without labels, to predict what they are; labels are checked and left out.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <exception cref="MalformedFileException">The contents are not those of such a file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Features ReadFeatures(string path) => CsvReader.Read(path, null).Features;

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

    internal static CsvTable ReadLabelled(string path, int? classCount)
    {
        ClassCount.Check(classCount);
        CsvTable table = CsvReader.Read(path, classCount);
        return table.Labels is not null
            ? table
            : throw new MalformedFileException(path,
                $"line 1, column 1: found {table.Features.SampleShape.Size} pixels a row without a label, expected the label in the first column; without labels it can only be predicted from.");
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
