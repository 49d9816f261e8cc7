using System.Globalization;

namespace Nabla.Tests.Random;

/// <summary>Random numbers by counter: those of the paper's authors, what is made of them, and that streams are apart.</summary>
public sealed class PhiloxTests
{
    /// <summary>The known answers of philox4x32-10 in Random123's kat_vectors: counter, key, numbers.</summary>
    [Theory]
    [InlineData("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8")]
    [InlineData("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd")]
    [InlineData("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1")]
    public void Its_numbers_are_those_of_Random123(string counter, string key, string expected)
    {
        uint[] c = Words(counter), k = Words(key);
        PhiloxBlock block = new PhiloxKey(k[0] | (ulong)k[1] << 32, c[1], c[2], c[3]).Block(c[0]);
        Assert.Equal(Words(expected), new[] { block[0], block[1], block[2], block[3] });

        static uint[] Words(string text) => [.. text.Split(' ').Select(word => uint.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
    }

    [Fact]
    public void A_stream_is_its_blocks_one_after_the_other_and_many_at_once_are_as_many_one_by_one()
    {
        Philox stream = new(0x0123456789abcdef, place: 7, epoch: 3, purpose: 2), many = stream;
        uint[] numbers = new uint[11], filled = new uint[11];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = stream.NextUInt32();
            Assert.Equal(new PhiloxKey(0x0123456789abcdef, 7, 3, 2).Block((uint)i / 4)[i % 4], numbers[i]);
        }
        many.Fill(filled);
        Assert.Equal(numbers, filled);
        Assert.Equal(stream.NextUInt32(), many.NextUInt32());
    }

    [Fact]
    public void Each_seed_place_epoch_and_purpose_has_a_stream_of_its_own()
    {
        uint[] first = [.. new Philox[] { new(1), new(1UL << 32), new(0, 1), new(0, 0, 1), new(0, 0, 0, 1), new(0) }.Select(stream => stream.NextUInt32())];
        Assert.Equal(first.Length, first.Distinct().Count());
        SampleRandom random = new(seed: 5, epoch: 2, firstPlace: 30);
        Assert.Equal(new Philox(5, 34, 2, 3).NextUInt32(), random.ForLayer(4, 3).NextUInt32());
        Assert.Equal(random.ForLayer(4, 3).NextUInt32(), random.From(4).ForLayer(0, 3).NextUInt32());
        Assert.NotEqual(random.ForLayer(4, 3).NextUInt32(), random.ForAugmentation(4, 3).NextUInt32());
    }

    /// <summary>Mean and spread within five standard errors of what they are to be, and each of the 16 parts of the range as full as the others.</summary>
    [Fact]
    public void Uniform_numbers_are_uniform()
    {
        const int Count = 100_000;
        Philox random = new(1);
        float[] singles = new float[Count];
        random.Fill(singles);
        AssertUniform([.. singles.Select(value => (double)value)]);
        AssertUniform([.. Enumerable.Range(0, Count).Select(_ => random.NextDouble())]);
        AssertUniform([.. Enumerable.Range(0, Count).Select(_ => (random.NextUniform(-3, 5) + 3) / 8.0)]);
        // Places side by side, as the samples of a batch have them.
        AssertUniform([.. Enumerable.Range(0, Count).Select(place => (double)new Philox(1, (uint)place).NextSingle())]);

        static void AssertUniform(double[] values)
        {
            Assert.All(values, value => Assert.InRange(value, 0, 1 - 1e-9));
            Assert.Equal(0.5, values.Average(), 5 * Math.Sqrt(1 / 12.0 / Count));
            Assert.Equal(1 / 3.0, values.Average(value => value * value), 5 * Math.Sqrt(4 / 45.0 / Count));
            AssertEven([.. values.Select(value => (int)(value * 16))], 16);
            double[] pairs = [.. values.Zip(values.Skip(1), (a, b) => (a - 0.5) * (b - 0.5))];
            Assert.Equal(0, pairs.Average(), 5 / 12.0 / Math.Sqrt(Count));
        }
    }

    [Fact]
    public void Whole_numbers_are_even_also_where_the_range_does_not_divide_32_bits()
    {
        Philox random = new(2);
        foreach (int count in new[] { 1, 2, 7, 10 })
        {
            AssertEven([.. Enumerable.Range(0, 70_000).Select(_ => random.NextBelow(count))], count);
        }
        // Of 3·2³⁰ numbers, a quarter of the draws are too many: without rejection, each third number would come twice as often.
        const int Most = 3 << 29;
        AssertEven([.. Enumerable.Range(0, 60_000).Select(_ => random.NextBelow(Most) % 3)], 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Philox(1).NextBelow(0));
    }

    [Fact]
    public void Normal_numbers_have_the_moments_and_tails_of_the_bell()
    {
        const int Count = 100_001;
        Philox random = new(3);
        float[] filled = new float[Count];
        random.FillNormal(filled);
        foreach (double[] values in new double[][] { [.. filled], [.. Enumerable.Range(0, Count).Select(_ => (double)random.NextNormal())] })
        {
            Assert.Equal(0, values.Average(), 5 / Math.Sqrt(Count));
            Assert.Equal(1, values.Average(value => value * value), 5 * Math.Sqrt(2.0 / Count));
            Assert.Equal(0, values.Average(value => value * value * value), 5 * Math.Sqrt(15.0 / Count));
            Assert.Equal(3, values.Average(value => Math.Pow(value, 4)), 5 * Math.Sqrt(96.0 / Count));
            Assert.Equal(0.15866, values.Count(value => value > 1) / (double)Count, 0.006);
            Assert.Equal(0.00135, values.Count(value => value < -3) / (double)Count, 0.0006);
            Assert.Equal(0, values.Zip(values.Skip(1), (a, b) => a * b).Average(), 5 / Math.Sqrt(Count));
        }
    }

    /// <summary>Mean ½ and variance 1 / (4 (2α + 1)).</summary>
    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.4f)]
    [InlineData(1f)]
    [InlineData(3f)]
    public void Beta_numbers_have_the_moments_of_their_distribution(float alpha)
    {
        const int Count = 40_000;
        Philox random = new(4);
        double[] values = [.. Enumerable.Range(0, Count).Select(_ => (double)random.NextBeta(alpha))];
        double variance = 1 / (4 * (2 * alpha + 1.0));
        Assert.All(values, value => Assert.InRange(value, 0, 1));
        Assert.Equal(0.5, values.Average(), 5 * Math.Sqrt(variance / Count));
        Assert.Equal(variance, values.Average(value => (value - 0.5) * (value - 0.5)), 0.005);
    }

    /// <summary>Pearson's χ²: with n − 1 degrees of freedom it is n − 1 on average and hardly ever five deviations more.</summary>
    private static void AssertEven(int[] values, int classes)
    {
        double expected = values.Length / (double)classes;
        double chiSquare = Enumerable.Range(0, classes).Sum(value => Math.Pow(values.Count(v => v == value) - expected, 2) / expected);
        Assert.InRange(chiSquare, 0, classes - 1 + 5 * Math.Sqrt(2 * (classes - 1)));
        Assert.All(values, value => Assert.InRange(value, 0, classes - 1));
    }
}
