namespace Nabla.Tests.Data;

public sealed class ValueScaleTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.7f, 1)]
    [InlineData(0, 1)]
    [InlineData(1.5f, 1.5f)]
    [InlineData(15, 15)]
    [InlineData(16, 16)]
    [InlineData(16.5f, 31)]
    [InlineData(31, 31)]
    [InlineData(32, 32)]
    [InlineData(33, 63)]
    [InlineData(64, 64)]
    [InlineData(99, 100)]
    [InlineData(101, 127)]
    [InlineData(128, 128)]
    [InlineData(129, 255)]
    [InlineData(254.5f, 255)]
    [InlineData(256, 256)]
    [InlineData(999, 1000)]
    [InlineData(1023, 1023)]
    [InlineData(1024, 1024)]
    [InlineData(4000, 4095)]
    [InlineData(4096, 4096)]
    [InlineData(5000, 65_535)]
    [InlineData(1e6f, 1e6f)]
    public void Floats_are_divided_by_their_full_scale(float greatest, float divisor) =>
        Assert.Equal(new ValueScale(0, greatest, divisor), ValueScale.Of(new FloatFeatures([0, greatest, 0, 0], [2, 2])));

    [Theory]
    [InlineData(0, 255)]
    [InlineData(1, 1)]
    [InlineData(9, 9)]
    [InlineData(16, 16)]
    [InlineData(31, 31)]
    [InlineData(127, 127)]
    [InlineData(128, 128)]
    [InlineData(129, 255)]
    [InlineData(255, 255)]
    public void Bytes_are_divided_alike(byte greatest, float divisor) =>
        Assert.Equal(new ValueScale(0, greatest, divisor), ValueScale.Of(new ByteFeatures([0, greatest, 0, 0], [4])));

    [Fact]
    public void Columns_values_below_zero_and_what_is_given_are_taken_as_they_are()
    {
        Assert.Equal(new ValueScale(2, 3000, 1), ValueScale.Of(new FloatFeatures([2, 3000], [2])));
        Assert.Equal(new ValueScale(-1, 1, 1), ValueScale.Of(new FloatFeatures([-1, 1, 0, 0], [2, 2])));
        Assert.Equal(new ValueScale(-3, 200, 1), ValueScale.Of(new FloatFeatures([-3, 200, 0, 0], [2, 2])));
        Assert.Equal(new ValueScale(0, 9, 10), ValueScale.Of(new ByteFeatures([0, 9], [2]), 10));
        Assert.Equal(new ValueScale(0, 255, 255), ValueScale.Of(new ByteFeatures([7, 0, 255, 3], [2, 2]).View([0])) with { Least = 0 });
    }

    [Fact]
    public void Says_what_it_took()
    {
        Assert.Equal("values 0–16, scaled by 16", ValueScale.Of(new ByteFeatures([0, 16], [2])).ToString());
        Assert.Equal("values 0–0.5, taken as they are", ValueScale.Of(new FloatFeatures([0, 0.5f], [1, 2])).ToString());
        Assert.Equal("values -1 to 1, taken as they are", ValueScale.Of(new FloatFeatures([-1, 1], [1, 2])).ToString());
    }

    [Fact]
    public void The_same_pictures_come_in_alike_as_bytes_and_as_floats()
    {
        foreach (byte full in new byte[] { 255, 16, 100, 1 })
        {
            byte[] bytes = [.. Enumerable.Range(0, 64).Select(i => (byte)(i * full / 63))];
            DataSet asBytes = Data(new ByteFeatures(bytes, [4, 4])), asFloats = Data(new FloatFeatures([.. bytes.Select(value => (float)value)], [4, 4]));
            Preprocessing first = new Preprocessing().For(asBytes).Remembering(asBytes), second = new Preprocessing().For(asFloats).Remembering(asFloats);
            Assert.Equal(new ValueRange(0, 1), first.Values);
            Assert.Equal(first.Values, second.Values);
            Assert.Equal(Rows(first, asBytes.Features), Rows(second, asFloats.Features));
            // Each is the other's where it is used.
            Assert.Equal(Rows(first, asBytes.Features), Rows(first, first.Match(asFloats.Features).Features));
            Assert.Equal(Rows(first, asBytes.Features), Rows(second, second.Match(asBytes.Features).Features));
        }
    }

    [Fact]
    public void A_recipes_own_divisor_stays_unless_it_is_overruled()
    {
        DataSet data = Data(new ByteFeatures([0, 16, 3, 4], [2, 2]));
        Preprocessing own = new() { ByteDivisor = 256 };
        Assert.Same(own, own.For(data));
        Assert.Equal((20f, 20f), (own.For(data, 20).ByteDivisor, own.For(data, 20).FloatDivisor));
        Preprocessing usual = new();
        Assert.Same(usual, usual.For(Data(new ByteFeatures([0, 255, 3, 4], [2, 2]))));
        Assert.Same(usual, usual.For(Data(new FloatFeatures([0, 1, 3, 4], [4]))));
        Recipe recipe = RecipeBook.Get("dense");
        Assert.Equal(16, recipe.For(data).Preprocessing.ByteDivisor);
        Assert.Equal(32, recipe.For(data, 32).Preprocessing.ByteDivisor);
        Assert.Equal(1, RecipeBook.Get("relu-softmax-class").For(data).Preprocessing.ByteDivisor);
    }

    private static DataSet Data(Features features) => new(features, new ClassLabels([.. Enumerable.Range(0, features.Count).Select(i => i % 2)], 2));

    private static float[] Rows(Preprocessing preprocessing, Features features)
    {
        int size = features.SampleShape.Size;
        float[] rows = new float[features.Count * size];
        for (int row = 0; row < features.Count; row++)
        {
            preprocessing.CopyPart(features, row, 0, rows.AsSpan(row * size, size));
        }
        return rows;
    }
}
