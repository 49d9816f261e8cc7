using System.Globalization;
using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Web.Tests;

/// <summary>What tests send, and what they expect.</summary>
internal static class Samples
{
    public static readonly ByteFeatures Digits = (ByteFeatures)SyntheticDigits.Generate(300, seed: 7).Features;

    public static readonly Network Network = Nabla.Digits.Load();

    /// <summary>The levels of some digits, one after the other.</summary>
    public static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).SelectMany(i => Digits[i % Digits.Count].ToArray())];

    /// <summary>A digit as a network takes it, 0 to 1.</summary>
    public static float[] Floats(int digit) => [.. Digits[digit].ToArray().Select(level => level / 255f)];

    public static string Json(float[] sample) => $"[{string.Join(',', sample.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}]";

    public static float[] Scores(JsonElement prediction) => [.. prediction.GetProperty("scores").EnumerateArray().Select(score => score.GetSingle())];

    public static float[] Expected(float[] sample)
    {
        float[] scores = new float[10];
        Network.Score(sample, scores);
        return scores;
    }

    public static float[] Expected(ReadOnlySpan<byte> sample)
    {
        float[] scores = new float[10];
        Network.Score(sample, scores);
        return scores;
    }

    /// <summary>A page of grey paper with digits of dark ink in two lines, as a PNG file.</summary>
    public static byte[] Page(params int[][] lines)
    {
        const int Width = 260, Height = 160;
        byte[] page = new byte[Width * Height];
        Array.Fill(page, (byte)210);
        for (int line = 0; line < lines.Length; line++)
        {
            for (int place = 0; place < lines[line].Length; place++)
            {
                ReadOnlySpan<byte> ink = Digits[lines[line][place]];
                for (int i = 0; i < ink.Length; i++)
                {
                    ref byte level = ref page[(30 + 60 * line + i / 28) * Width + 40 + 24 * place + i % 28];
                    level = (byte)(level - (level - 30) * ink[i] / 255);
                }
            }
        }
        using TemporaryFolder folder = new();
        PictureFile.WritePng(folder["page.png"], page, Width, Height);
        return File.ReadAllBytes(folder["page.png"]);
    }

    /// <summary>A small model of a regression: two numbers in, one out.</summary>
    public static Network Small(float weight)
    {
        Network network = Network.Create([2], Layer.Dense(1));
        network.Initialize(new NumPyRandom(1));
        network.Parameters.Fill(weight);
        return network;
    }
}
