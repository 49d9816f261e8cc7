using Nabla.Tests.Numerics;

namespace Nabla.Tests.Data;

[Collection(Alone.Name)]
public sealed class BatchTests
{
    /// <summary>Whether threads take samples or features, and however many they are, every number is the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void However_threads_share_a_batch_it_is_the_same(int threads)
    {
        const int Samples = 150, Size = 28 * 29;
        NumPyRandom random = new(5);
        byte[] pixels = [.. Enumerable.Range(0, Samples * Size).Select(_ => (byte)random.NextInt32(256))];
        float[] numbers = [.. pixels.Select(pixel => pixel / 7f)];
        int[] rows = [.. Enumerable.Range(0, Samples).Reverse()];
        ClassLabels labels = new(new int[Samples], 10);
        foreach (Features features in new Features[] { new ByteFeatures(pixels, [28, 29]), new FloatFeatures(numbers, [28, 29]) })
        {
            foreach (StandardizationScope? scope in new StandardizationScope?[] { null, StandardizationScope.All, StandardizationScope.Column, StandardizationScope.Value })
            {
                Preprocessing preprocessing = new() { Standardization = scope is null ? null : Standardization.Fit(features, 255, scope.Value) };
                DataSet data = new(features, labels);
                float[] expected = new float[Samples * Size], actual = new float[Samples * Size], targets = new float[Samples * 10];
                for (int row = 0; row < Samples; row++)
                {
                    features.CopyRow(rows[row], 255, expected.AsSpan(row * Size));
                }
                for (int i = 0; preprocessing.Standardization is Standardization figures && i < expected.Length; i++)
                {
                    int figure = i % Size % figures.Mean.Count;
                    expected[i] = (expected[i] - figures.Mean[figure]) * (1 / figures.Deviation[figure]);
                }
                foreach (bool bySample in new[] { true, false })
                {
                    Batch.CopyFeatures(data.Features, preprocessing, rows, actual, threads, bySample);
                    data.Targets.CopyRows(rows, targets);
                    Numbers.AssertBits(expected, actual, $"{features.GetType().Name}, {scope}, by sample: {bySample}");
                    actual.AsSpan().Clear();
                }
            }
        }
    }
}
