using Nabla.Numerics;
using Nabla.Tests.Numerics;

namespace Nabla.Tests.Augmentations;

/// <summary>What each augmentation makes of an image.</summary>
public sealed class AugmentationTests
{
    private static readonly float[] Digits = [.. ((ByteFeatures)SyntheticDigits.Generate(20, seed: 1).Features).Values.ToArray().Select(pixel => pixel / 255f)];

    /// <summary>Of each kind one that does nothing, and one that does much.</summary>
    public static TheoryData<Augmentation, Augmentation> Kinds() => new()
    {
        { new AffineAugmentation { Rotation = 0, MinScale = 1, MaxScale = 1, Shear = 0, Shift = 0 }, new AffineAugmentation { Rotation = 40, Shift = 5 } },
        { new ElasticAugmentation { Amplitude = 0 }, new ElasticAugmentation { Amplitude = 4 } },
        { new StrokeThicknessAugmentation { Thinning = 0, Thickening = 0 }, new StrokeThicknessAugmentation { Thinning = 1, Thickening = 1 } },
        { new ContrastAugmentation { MinGain = 1, MaxGain = 1, Bend = 0 }, new ContrastAugmentation() },
        { new NoiseAugmentation { Deviation = 0 }, new NoiseAugmentation { Deviation = 0.5 } },
        { new BlurAugmentation { Amount = 0 }, new BlurAugmentation { Amount = 1 } },
        { new ErasingAugmentation { MinArea = 0, MaxArea = 0 }, new ErasingAugmentation { MinArea = 0.3, MaxArea = 0.5 } },
        { new ResolutionAugmentation { MinSide = 28 }, new ResolutionAugmentation { MinSide = 9 } },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void At_no_strength_an_image_keeps_its_bits_and_else_it_is_another_each_time(Augmentation nothing, Augmentation much)
    {
        float[] image = Digits[..784];
        foreach (Shape shape in new Shape[] { [28, 28], [28, 28, 1], [14, 14, 4], [7, 112] })
        {
            float[] result = new float[784];
            Philox random = new(1);
            nothing.Apply(image, shape, result, ref random);
            Numbers.AssertBits(image, result, $"{nothing}, {shape}");
        }
        Philox one = new(1), again = new(1), none = new(1);
        float[] first = Applied(much, image, ref one), second = Applied(much, image, ref one);
        Assert.NotEqual(image, first);
        Assert.NotEqual(first, second);
        Assert.Equal(first, Applied(much, image, ref again));
        Assert.Equal(image, Applied(much with { Probability = 0 }, image, ref none));
        int changed = Enumerable.Range(0, 200).Count(place =>
        {
            Philox random = new(2, (uint)place);
            return !Applied(much with { Probability = 0.3 }, image, ref random).AsSpan().SequenceEqual(image);
        });
        Assert.InRange(changed, 35, 85);
    }

    /// <summary>Colours are moved, thickened and so on each as a grey image of its own would be.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_channel_is_what_it_would_be_alone(Augmentation nothing, Augmentation much)
    {
        Assert.SkipWhen(much is NoiseAugmentation, "Noise is drawn for each value.");
        _ = nothing;
        float[] colours = new float[3 * 784];
        for (int i = 0; i < colours.Length; i++)
        {
            colours[i] = Digits[i % 3 * 784 + i / 3];
        }
        Philox random = new(4);
        float[] result = new float[colours.Length];
        much.Apply(colours, [28, 28, 3], result, ref random);
        for (int channel = 0; channel < 3; channel++)
        {
            Philox own = new(4);
            Numbers.AssertBits(Applied(much, Digits[(channel * 784)..((channel + 1) * 784)], ref own), [.. result.Where((_, i) => i % 3 == channel)], $"{much}, channel {channel}");
        }
    }

    [Fact]
    public void A_shift_by_whole_pixels_is_exact()
    {
        float[] image = Digits[..784];
        float[] moved = Moved(image, 28, 28, (ref map) => AffineAugmentation.Compose(ref map, 0, 1, 1, 0, shiftX: 3, shiftY: -2));
        for (int y = 0; y < 28; y++)
        {
            for (int x = 0; x < 28; x++)
            {
                Assert.Equal(y + 2 < 28 && x >= 3 ? image[(y + 2) * 28 + x - 3] : 0, moved[y * 28 + x]);
            }
        }
        // Half a pixel is the mean of two; far beyond the rim there is background.
        float[] half = Moved([0, 1, 0.5f, 0], 1, 4, (ref map) => AffineAugmentation.Compose(ref map, 0, 1, 1, 0, 0.5f, 0));
        Assert.Equal([0, 0.5f, 0.75f, 0.25f], half);
        Assert.All(Moved(image, 28, 28, (ref map) => AffineAugmentation.Compose(ref map, 0, 1, 1, 0, 1000, 0)), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_quarter_of_a_turn_twice_the_size_and_a_slant_are_those_made_by_hand()
    {
        float[] image = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        // Clockwise, so the left column becomes the upper row.
        Assert.Equal([7, 4, 1, 8, 5, 2, 9, 6, 3], Moved(image, 3, 3, (ref map) => AffineAugmentation.Compose(ref map, 0.25f, 1, 1, 0, 0, 0)));
        Assert.Equal([9, 8, 7, 6, 5, 4, 3, 2, 1], Moved(image, 3, 3, (ref map) => AffineAugmentation.Compose(ref map, 0.5f, 1, 1, 0, 0, 0)));
        Assert.Equal([4, 4.5f, 5, 5.5f, 6], Moved([1, 2, 3, 4, 5, 6, 7, 8, 9], 1, 9, (ref map) => AffineAugmentation.Compose(ref map, 0, 2, 1, 0, 0, 0))[2..7]);
        // One to the right for each row down from the middle.
        Assert.Equal([2, 3, 0, 4, 5, 6, 0, 7, 8], Moved(image, 3, 3, (ref map) => AffineAugmentation.Compose(ref map, 0, 1, 1, 1, 0, 0)));
        // The scale is along the image's own axes before it is turned: twice the width becomes twice the height.
        float[] line = new float[25];
        (line[11], line[12], line[13]) = (1, 2, 3);
        float[] upright = Moved(line, 5, 5, (ref map) => AffineAugmentation.Compose(ref map, 0.25f, 2, 1, 0, 0, 0));
        Assert.Equal([1, 1.5f, 2, 2.5f, 3], Enumerable.Range(0, 5).Select(y => upright[y * 5 + 2]));
    }

    [Fact]
    public void Movements_in_a_row_are_one_resampling_in_their_order()
    {
        float[] image = Digits[784..1568];
        // There and back again: with a resampling each, half pixels would blur it twice.
        Numbers.AssertBits(
            image,
            Moved(image, 28, 28, (ref map) =>
            {
                AffineAugmentation.Compose(ref map, 0, 1, 1, 0, -0.5f, 0.5f);
                AffineAugmentation.Compose(ref map, 0, 1, 1, 0, 0.5f, -0.5f);
            }),
            "there and back");
        // First the shift, then the turn: composed last to first.
        float[] expected = Moved(
            Moved(image, 28, 28, (ref map) => AffineAugmentation.Compose(ref map, 0, 1, 1, 0, 4, 0)), 28, 28, (ref map) => AffineAugmentation.Compose(ref map, 0.25f, 1, 1, 0, 0, 0));
        Assert.Equal(expected, Moved(image, 28, 28, (ref map) =>
        {
            AffineAugmentation.Compose(ref map, 0.25f, 1, 1, 0, 0, 0);
            AffineAugmentation.Compose(ref map, 0, 1, 1, 0, 4, 0);
        }));
        // Through the list: the elastic field moves with what is moved after it, whatever stands first.
        AffineAugmentation affine = new() { Rotation = 20 };
        ElasticAugmentation elastic = new() { Amplitude = 3 };
        float[] together = Listed([affine, elastic], image), other = Listed([elastic, affine], image);
        Assert.NotEqual(together, other);
        Assert.NotEqual(together, Listed([affine], image));
        Assert.Equal(Listed([affine], image), Listed([affine, elastic with { Probability = 0 }], image));
    }

    /// <summary>The field goes through what its grid's points say, and is 0 where they are.</summary>
    [Fact]
    public void A_field_moves_each_point_of_its_grid_as_told_and_all_alike_where_all_are()
    {
        float[] image = Digits[..784];
        float[] right = [.. Enumerable.Repeat(2f, 16)], down = [.. Enumerable.Repeat(-1f, 16)];
        Numbers.AssertClose(
            [.. Moved(image, 28, 28, (ref map) => AffineAugmentation.Compose(ref map, 0, 1, 1, 0, -2, 1)).Select(value => (double)value)],
            Moved(image, 28, 28, (ref map) => map.Displace(right, down, 4)), "all alike");
        float[] one = new float[16], ramp = [.. Enumerable.Range(0, 784).Select(i => (float)(i % 28))];
        one[5] = 3;
        float[] moved = Moved(ramp, 28, 28, (ref map) => map.Displace(one, new float[16], 4));
        Assert.Equal(12, moved[9 * 28 + 9], 1e-5f);
        Assert.Equal(18, moved[9 * 28 + 18], 1e-5f);
        Assert.Equal(9, moved[18 * 28 + 9], 1e-5f);
        Assert.InRange(moved[9 * 28 + 12], 13.5f, 15);
    }

    [Fact]
    public void Ink_is_roughly_kept_by_movements_and_more_or_less_by_thickness()
    {
        double before = 0, affine = 0, elastic = 0, thick = 0, thin = 0, blurred = 0, low = 0;
        for (int i = 0; i < 20; i++)
        {
            float[] image = Digits[(i * 784)..((i + 1) * 784)];
            Philox random = new(1, (uint)i);
            before += image.Sum();
            affine += Applied(new AffineAugmentation { MinScale = 1, MaxScale = 1 }, image, ref random).Sum();
            elastic += Applied(new ElasticAugmentation(), image, ref random).Sum();
            float[] thicker = new float[784], thinner = new float[784];
            ImageFilters.Thicken(image, 28, 28, 1, thicker, 0.5f);
            ImageFilters.Thicken(image, 28, 28, 1, thinner, -0.5f);
            Assert.All(Enumerable.Range(0, 784), p => Assert.True(thinner[p] <= image[p] && image[p] <= thicker[p]));
            thick += thicker.Sum();
            thin += thinner.Sum();
            blurred += Applied(new BlurAugmentation(), image, ref random).Sum();
            low += Applied(new ResolutionAugmentation(), image, ref random).Sum();
        }
        Assert.Equal(1, affine / before, 0.05);
        Assert.Equal(1, elastic / before, 0.1);
        Assert.Equal(1, blurred / before, 0.01);
        Assert.Equal(1, low / before, 0.02);
        Assert.InRange(thick / before, 1.2, 2);
        Assert.InRange(thin / before, 0.3, 0.85);
    }

    [Fact]
    public void Filters_are_those_made_by_hand()
    {
        float[] image = [0, 0, 0, 0, 0, 1, 0.5f, 0, 0, 0, 0, 0, 0, 0, 0, 0.25f], result = new float[16];
        ImageFilters.Thicken(image, 4, 4, 1, result, 1);
        Assert.Equal([1, 1, 1, 0.5f, 1, 1, 1, 0.5f, 1, 1, 1, 0.5f, 0, 0, 0.25f, 0.25f], result);
        ImageFilters.Thicken(image, 4, 4, 1, result, -1);
        Assert.All(result, value => Assert.Equal(0, value));
        ImageFilters.Thicken(image, 4, 4, 1, result, 0.25f);
        Assert.Equal(0.25f, result[0]);
        Assert.Equal(0.625f, result[6]);
        ImageFilters.Blur([0, 0, 0, 0, 1, 0, 0, 0, 0], 3, 3, 1, result.AsSpan(0, 9), 0.5f);
        Assert.Equal([1 / 16f, 2 / 16f, 1 / 16f, 2 / 16f, 4 / 16f, 2 / 16f, 1 / 16f, 2 / 16f, 1 / 16f], result[..9]);
        ImageFilters.Contrast([0, 0.25f, 0.5f, 1], result.AsSpan(0, 4), gain: 2, bias: 0.25f);
        Assert.Equal([0, 0.25f, 1, 1], result[..4]);
        ImageResizing.DownAndUp([1, 1, 3, 3, 1, 1, 3, 3], 2, 4, 1, 1, 2, result.AsSpan(0, 8));
        Assert.Equal([1, 1.5f, 2.5f, 3, 1, 1.5f, 2.5f, 3], result[..8]);
        // Three pixels as two: a half of the middle one goes to each.
        ImageResizing.DownAndUp([3, 6, 0], 1, 3, 1, 1, 2, result.AsSpan(0, 3));
        Assert.Equal([4, 3, 2], result[..3], (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public void What_is_erased_is_one_rectangle_of_the_size_asked_for()
    {
        float[] full = new float[40 * 30];
        Array.Fill(full, 2f);
        double sum = 0;
        HashSet<float> ratios = [];
        for (uint place = 0; place < 200; place++)
        {
            foreach (bool noise in new[] { false, true })
            {
                Philox random = new(9, place);
                float[] result = new float[full.Length];
                new ErasingAugmentation { MinArea = 0.1, MaxArea = 0.2, AspectRatio = 2, FillWithNoise = noise }.Apply(full, [40, 30], result, ref random);
                int[] erased = [.. Enumerable.Range(0, full.Length).Where(i => result[i] != 2)];
                int height = erased[^1] / 30 - erased[0] / 30 + 1, width = erased.Max(i => i % 30) - erased.Min(i => i % 30) + 1;
                Assert.Equal(erased.Length, height * width);
                Assert.Equal(noise, erased.Any(i => result[i] != 0));
                sum += erased.Length;
                ratios.Add((float)height / width);
            }
        }
        Assert.Equal(0.15, sum / 400 / full.Length, 0.01);
        Assert.InRange(ratios.Max(), 1.7f, 2.3f);
        Assert.InRange(ratios.Min(), 0.43f, 0.6f);
    }

    [Fact]
    public void What_is_no_image_or_out_of_range_is_refused()
    {
        Philox random = new(1);
        Assert.Contains(
            "Samples of 784 are no images, expected [height, width] or [height, width, channels], such as [28, 28].",
            Assert.Throws<ArgumentException>(() => new NoiseAugmentation().Apply(new float[784], [784], new float[784], ref random)).Message, StringComparison.Ordinal);
        Assert.Contains("has 784 numbers, but there are 783", Assert.Throws<ArgumentException>(() => new NoiseAugmentation().Apply(new float[783], [28, 28], new float[784], ref random)).Message, StringComparison.Ordinal);
        float[] image = new float[784];
        Assert.Contains("memory of its own", Assert.Throws<ArgumentException>(() => new NoiseAugmentation().Apply(image, [28, 28], image, ref random)).Message, StringComparison.Ordinal);
        Assert.Contains("Probability must be from 0 to 1.", Assert.Throws<ArgumentOutOfRangeException>(() => new BlurAugmentation { Probability = 1.5 }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AffineAugmentation { Rotation = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElasticAugmentation { Grid = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResolutionAugmentation { MinSide = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new MixupAugmentation { Alpha = 0 });
        Assert.Contains("Augmentation 1 of 2 mixes samples", Assert.Throws<ArgumentException>(() => new TrainingOptions { Augmentation = [new MixupAugmentation(), new BlurAugmentation()] }).Message, StringComparison.Ordinal);
        Assert.Contains("Augmentation 1 of 1 is null", Assert.Throws<ArgumentException>(() => new TrainingOptions { Augmentation = [null!] }).Message, StringComparison.Ordinal);
    }

    private delegate void Composer(ref ImageMap map);

    private static float[] Moved(float[] image, int height, int width, Composer compose)
    {
        ImageMap map = new(height, width);
        compose(ref map);
        float[] result = new float[image.Length];
        map.Resample(image, 1, result);
        return result;
    }

    private static float[] Applied(Augmentation augmentation, float[] image, ref Philox random)
    {
        float[] result = new float[image.Length];
        augmentation.Apply(image, [28, 28], result, ref random);
        return result;
    }

    private static float[] Listed(IReadOnlyList<Augmentation> list, float[] image)
    {
        float[] result = new float[image.Length];
        Augmentation.ApplyAll(list, image, [28, 28], result, new SampleRandom(3));
        return result;
    }
}
