using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nabla.Numerics;

namespace Nabla.Tests.Random;

/// <summary>NumPyRandom against values that NumPy itself made: see make_numpy_streams.py beside this file.</summary>
[Collection(Alone.Name)]
public sealed partial class NumPyRandomTests
{
    private static readonly JsonElement Seeds = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Random", "numpy_streams.json")))
        .RootElement.GetProperty("seeds");

    public static TheoryData<string, string> Streams()
    {
        TheoryData<string, string> streams = [];
        foreach (JsonProperty seed in Seeds.EnumerateObject())
        {
            foreach (JsonProperty stream in seed.Value.EnumerateObject())
            {
                streams.Add(seed.Name, stream.Name);
            }
        }
        return streams;
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Equals_NumPy_value_for_value(string seed, string stream)
    {
        JsonElement expected = Seeds.GetProperty(seed).GetProperty(stream);
        NumPyRandom random = new(uint.Parse(seed, CultureInfo.InvariantCulture));
        double[] arguments = [.. Number().Matches(stream).Select(m => double.Parse(m.Value, CultureInfo.InvariantCulture))];
        int count = expected.GetArrayLength();

        switch (stream.Split('(')[0])
        {
            case "random_sample": AssertBits(expected, Repeat(count, random.NextDouble)); break;
            case "uniform": AssertBits(expected, Repeat(count, () => random.NextUniform(arguments[0], arguments[1]))); break;
            case "randn": AssertBits(expected, Repeat(count, random.NextNormal)); break;
            case "normal": AssertBits(expected, Repeat(count, () => random.NextNormal(arguments[0], arguments[1]))); break;
            case "randn, random_sample, randn":
                AssertBits(expected, [random.NextNormal(), random.NextDouble(), random.NextNormal(), random.NextNormal()]);
                break;
            case "randint":
                AssertInts(expected, Repeat(count, () => random.NextInt32((int)arguments[0], (int)arguments[1])));
                break;
            case "permutation": AssertInts(expected, random.Permutation((int)arguments[0])); break;
            case "choice":
                int[] chosen = new int[(int)arguments[1]];
                random.Choice((int)arguments[0], chosen);
                AssertInts(expected, chosen);
                break;
            case "shuffle":
                int[] values = [.. Enumerable.Range(0, count)];
                if (arguments.Length == 1)
                {
                    random.Shuffle<int>(values);
                }
                else
                {
                    random.ShuffleRows<int>(values, (int)arguments[1]);
                }
                AssertInts(expected, values);
                break;
            default: Assert.Fail($"No test for the stream '{stream}'."); break;
        }
    }

    [Fact]
    public void Refuses_an_empty_range()
    {
        NumPyRandom random = new(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt32(3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt32(0));
    }

    [Fact]
    public void Refuses_a_table_of_broken_rows() =>
        Assert.Throws<ArgumentException>(() => new NumPyRandom(1).ShuffleRows<int>(new int[10], 3));

    private static T[] Repeat<T>(int count, Func<T> draw)
    {
        T[] values = new T[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = draw();
        }
        return values;
    }

    private static void AssertBits(JsonElement expected, double[] actual) =>
        Assert.Equal(expected.EnumerateArray().Select(v => v.GetString()), actual.Select(v => BitConverter.DoubleToInt64Bits(v).ToString("x16", CultureInfo.InvariantCulture)));

    private static void AssertInts(JsonElement expected, int[] actual) =>
        Assert.Equal(expected.EnumerateArray().Select(v => v.GetInt32()), actual);

    [GeneratedRegex(@"-?\d+(\.\d+)?")]
    private static partial Regex Number();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Coins_are_the_draws_from_two_one_by_one(int threads)
    {
        NumPyRandom together = new(5), single = new(5);
        foreach (int count in (int[])[1, 7, 8, 9, 623, 624, 625, 2000, 3, 70_001])
        {
            uint[] draws = new uint[count];
            together.DrawCoins(draws);
            float[] values = [.. Enumerable.Range(1, count).Select(i => (float)i)], products = new float[count];
            ElementWiseKernels.MultiplyByCoins(draws, 2.5f, values, products, threads);

            float[] mask = [.. Enumerable.Range(0, count).Select(_ => single.NextInt32(2) * 2.5f)];
            Assert.Equal(mask, draws.Select(BitConverter.UInt32BitsToSingle));
            Assert.Equal(mask.Zip(values, (factor, value) => factor * value), products);
        }
        Assert.Equal(single.NextDouble(), together.NextDouble());
    }
}
