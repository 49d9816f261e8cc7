using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Nabla.Cli.Display;

/// <summary>
/// Prints grey images as half blocks, two pixels a character, as many side by side as fit. With colours the upper pixel
/// is the character's and the lower the background's; without, a pixel is there or it is not.
/// </summary>
internal static class ImageBlocks
{
    private const int Gap = 2;
    private const int Threshold = 96;

    public static void Write(TextWriter output, ByteFeatures images, ClassLabels labels, IReadOnlyList<int> rows)
    {
        bool colours = AnsiConsole.Profile.Capabilities.ColorSystem is ColorSystem.TrueColor or ColorSystem.EightBit && !Console.IsOutputRedirected;
        int height = images.SampleShape[0];
        int width = images.SampleShape[1];
        int terminalWidth = Console.IsOutputRedirected ? 80 : Console.WindowWidth;
        int perLine = Math.Max(1, (terminalWidth + Gap) / (width + Gap));
        foreach (int[] line in rows.Chunk(perLine))
        {
            StringBuilder text = new();
            text.AppendJoin(new string(' ', Gap), line.Select(row => Caption(labels.Values[row], row).PadRight(width))).AppendLine();
            for (int y = 0; y < height; y += 2)
            {
                foreach (int row in line)
                {
                    for (int x = 0; x < width; x++)
                    {
                        byte upper = images[row][y * width + x];
                        byte lower = y + 1 < height ? images[row][(y + 1) * width + x] : (byte)0;
                        Append(text, upper, lower, colours);
                    }
                    text.Append(colours ? "\e[0m" : "").Append(' ', Gap);
                }
                text.AppendLine();
            }
            output.WriteLine(text);
        }
    }

    private static string Caption(int label, int row) => string.Create(CultureInfo.InvariantCulture, $"{label} (image {row})");

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
