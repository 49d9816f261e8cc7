using System.Security.Cryptography;

namespace Nabla.Tests.Data;

public sealed class SyntheticDigitsTests
{
    // Every platform must draw these pixels; a change of the drawing is a change of this line, on purpose.
    private const string Sha256OfThousand = "6eb7bc04483cba4e746c29ddf83021ca7bbe5dbd0626592ab549f286368a03f3";

    [Fact]
    public void Same_seed_same_bytes_on_every_platform() =>
        Assert.Equal(Sha256OfThousand, Convert.ToHexStringLower(SHA256.HashData(Pixels(SyntheticDigits.Generate(1000, seed: 5)).Values)));

    [Fact]
    public void Another_seed_gives_other_digits() =>
        Assert.NotEqual(Pixels(SyntheticDigits.Generate(10, 1)).Values.ToArray(), Pixels(SyntheticDigits.Generate(10, 2)).Values.ToArray());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(1005)]
    public void All_digits_are_equally_frequent(int count)
    {
        DataSet digits = SyntheticDigits.Generate(count, seed: 3);
        int[] frequency = new int[10];
        foreach (int label in ((ClassLabels)digits.Targets).Values)
        {
            frequency[label]++;
        }
        Assert.Equal(count, digits.Count);
        Assert.True(frequency.Max() - frequency.Min() <= 1);
        Assert.Equal([28, 28], digits.Features.SampleShape);
    }

    [Fact]
    public void Images_are_normalised_as_those_of_MNIST()
    {
        ByteFeatures images = Pixels(SyntheticDigits.Generate(2000, seed: 4));
        for (int i = 0; i < images.Count; i++)
        {
            (int width, int height, double x, double y) = Measure(images[i]);
            Assert.InRange(width, 2, 22);  // 20 and the fading edge
            Assert.InRange(height, 2, 22);
            Assert.True(Math.Max(width, height) >= 18, $"Image {i} fills only {width}×{height} of 20×20.");
            // Moved by whole pixels, so up to half a pixel off; a little more where ink would leave the image.
            Assert.InRange(x, 13.4, 14.6);
            Assert.InRange(y, 13.4, 14.6);
        }
    }

    [Fact]
    public void There_are_as_many_as_in_MNIST()
    {
        TrainAndTest digits = SyntheticDigits.Load();
        Assert.Equal(60_000, digits.Train.Count);
        Assert.Equal(10_000, digits.Test.Count);
        Assert.Contains("built-in", digits.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_count_below_zero_or_beyond_an_array()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticDigits.Generate(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticDigits.Generate(int.MaxValue, 1));
    }

    [Fact]
    public void A_network_that_saw_only_these_recognises_90_percent_of_MNIST()
    {
        string? mnist = Environment.GetEnvironmentVariable("NABLA_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(mnist), "NABLA_DATA is not set: needs the real MNIST files.");
        Network network = Network.Create([28, 28], Layer.Dense(128, Activation.ReLU), Layer.Dense(10));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Adam { LearningRate = 0.004 });

        trainer.Fit(SyntheticDigits.Generate(40_000, seed: 1), new TrainingOptions { Epochs = 4, Schedule = Schedule.Linear });

        Evaluation evaluation = network.Evaluate(Mnist.Load(mnist).Test);
        Assert.True(evaluation.Accuracy >= 0.90, evaluation.ToString());
    }

    private static ByteFeatures Pixels(DataSet digits) => (ByteFeatures)digits.Features;

    /// <summary>Extent of the ink, and its centre of mass in pixels counted from 0.</summary>
    private static (int Width, int Height, double X, double Y) Measure(ReadOnlySpan<byte> image)
    {
        int left = 28, right = -1, top = 28, bottom = -1;
        double mass = 0, sumX = 0, sumY = 0;
        for (int y = 0; y < 28; y++)
        {
            for (int x = 0; x < 28; x++)
            {
                byte ink = image[y * 28 + x];
                if (ink > 0)
                {
                    (left, right) = (Math.Min(left, x), Math.Max(right, x));
                    (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
                }
                mass += ink;
                sumX += ink * x;
                sumY += ink * y;
            }
        }
        Assert.True(mass > 0, "An image without ink.");
        return (right - left + 1, bottom - top + 1, sumX / mass, sumY / mass);
    }
}
