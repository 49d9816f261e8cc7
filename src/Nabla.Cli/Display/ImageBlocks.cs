using System.Globalization;
using System.Text;

namespace Nabla.Cli.Display;

/// <summary>
/// Prints grey images as half blocks, two pixels a character, as many side by side as fit. With colours the upper pixel
/// is the character's and the lower the background's; without, a pixel is there or it is not.
/// </summary>
internal static class ImageBlocks
{
    private const int Gap = 2;

    /// <summary>Room for captions over images that are narrower.</summary>
    private const int MinColumn = 24;

    private const int Threshold = 96;

    /// <param name="output">Where to print.</param>
    /// <param name="images">Images of [height, width, 1 or 3]; colours are printed as grey.</param>
    /// <param name="captions">Two lines above each image; a second line that all have empty is left out.</param>
    /// <exception cref="ArgumentException">An image is wider than the terminal.</exception>
    public static void Write(TextWriter output, ByteFeatures images, IReadOnlyList<(string First, string Second)> captions)
    {
        bool colours = Terminal.HasColours;
        int height = images.SampleShape[0];
        int width = images.SampleShape[1];
        int terminalWidth = Terminal.Width ?? 80;
        if (width > Terminal.Width)
        {
            throw new ArgumentException($"images {width} pixels wide cannot be shown in a terminal of {terminalWidth} columns; make it wider.");
        }
        int column = Math.Max(width, Math.Min(MinColumn, captions.Max(caption => Math.Max(caption.First.Length, caption.Second.Length))));
        int perLine = Math.Max(1, (terminalWidth + Gap) / (column + Gap));
        bool two = captions.Any(caption => caption.Second.Length > 0);
        foreach (int[] line in Enumerable.Range(0, images.Count).Chunk(perLine))
        {
            StringBuilder text = new();
            string gap = new(' ', Gap);
            text.AppendJoin(gap, line.Select(i => Fit(captions[i].First, column))).AppendLine();
            if (two)
            {
                text.AppendJoin(gap, line.Select(i => Fit(captions[i].Second, column))).AppendLine();
            }
            for (int y = 0; y < height; y += 2)
            {
                foreach (int i in line)
                {
                    for (int x = 0; x < width; x++)
                    {
                        byte upper = Grey(images, i, y * width + x);
                        byte lower = y + 1 < height ? Grey(images, i, (y + 1) * width + x) : (byte)0;
                        Append(text, upper, lower, colours);
                    }
                    text.Append(colours ? "\e[0m" : "").Append(' ', i == line[^1] ? 0 : Gap + column - width);
                }
                text.AppendLine();
            }
            output.WriteLine(text);
        }
    }

    private static string Fit(string caption, int width) => caption.Length <= width ? caption.PadRight(width) : $"{caption[..(width - 1)]}…";

    private static byte Grey(ByteFeatures images, int image, int pixel)
    {
        ReadOnlySpan<byte> values = images[image];
        return images.SampleShape[2] == 1 ? values[pixel] : Picture.Luma(values[3 * pixel], values[3 * pixel + 1], values[3 * pixel + 2]);
    }

    private static void Append(StringBuilder text, byte upper, byte lower, bool colours)
    {
        if (colours)
        {
            // The 24 greys of the 256-colour palette, 232 to 255: more terminals know them than know true colour.
            text.Append(CultureInfo.InvariantCulture, $"\e[38;5;{232 + upper * 24 / 256};48;5;{232 + lower * 24 / 256}m▀");
        }
        else
        {
            text.Append((upper >= Threshold, lower >= Threshold) switch
            {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                _ => ' ',
            });
        }
    }
}
