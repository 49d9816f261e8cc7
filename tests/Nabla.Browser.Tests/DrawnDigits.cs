using System.Globalization;

namespace Nabla.Browser.Tests;

/// <summary>MNIST's test images, drawn on a page with strokes of a pen.</summary>
internal static class DrawnDigits
{
    /// <summary>Draws the first images one by one; returns what was not read right, a line each. The test is skipped where there is no MNIST.</summary>
    /// <param name="count">How many images.</param>
    /// <param name="draw">Draws 28×28 levels on an empty pad, and returns what the page answers.</param>
    public static async Task<List<string>> Misread(int count, Func<byte[], Task<string>> draw)
    {
        string? folder = Environment.GetEnvironmentVariable("NABLA_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "NABLA_DATA is not set: needs the real MNIST files.");
        DataSet digits = Mnist.Load(folder).Test;
        List<string> wrong = [];
        for (int i = 0; i < count; i++)
        {
            string answer = await draw(((ByteFeatures)digits.Features)[i].ToArray());
            string label = ((ClassLabels)digits.Targets).Values[i].ToString(CultureInfo.InvariantCulture);
            if (!answer.StartsWith(label, StringComparison.Ordinal))
            {
                wrong.Add($"{i}: {label} as '{answer}'");
            }
        }
        return wrong;
    }

    /// <summary>The strokes that draw 28×28 levels: each run of ink in a row, from the middle of its first pixel to that of its last.</summary>
    public static IEnumerable<(double Y, double Begin, double End)> Strokes(byte[] pixels)
    {
        for (int y = 0; y < 28; y++)
        {
            for (int x = 0; x < 28; x++)
            {
                int begin = x;
                while (x < 28 && pixels[y * 28 + x] >= 128)
                {
                    x++;
                }
                if (x > begin)
                {
                    yield return (y + 0.5, begin + 0.5, x - 0.5);
                }
            }
        }
    }
}
