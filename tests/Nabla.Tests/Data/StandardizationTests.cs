namespace Nabla.Tests.Data;

public sealed class StandardizationTests
{
    [Theory]
    [InlineData(StandardizationScope.Value, 6)]
    [InlineData(StandardizationScope.Column, 3)]
    [InlineData(StandardizationScope.All, 1)]
    public void Training_samples_get_mean_0_and_deviation_1(StandardizationScope scope, int figures)
    {
        NumPyRandom random = new(3);
        byte[] bytes = [.. Enumerable.Range(0, 50 * 6).Select(i => (byte)(random.NextInt32(100) + 20 * (i % 6)))];
        ByteFeatures features = new(bytes, [2, 3]);
        Preprocessing preprocessing = new() { ByteDivisor = 10, Standardization = Standardization.Fit(features, 10, scope) };
        Assert.Equal(figures, preprocessing.Standardization.Mean.Count);
        for (int figure = 0; figure < figures; figure++)
        {
            List<double> values = [];
            float[] sample = new float[6];
            for (int row = 0; row < features.Count; row++)
            {
                preprocessing.CopyPart(features, row, 0, sample);
                values.AddRange(sample.Where((_, i) => i % figures == figure).Select(value => (double)value));
            }
            Assert.Equal(0, values.Average(), 1e-5);
            Assert.Equal(1, values.Average(value => value * value), 1e-4);
        }
    }

    [Theory]
    [InlineData(StandardizationScope.Value, 0)]
    [InlineData(StandardizationScope.Column, 0)]
    [InlineData(StandardizationScope.All, 51)]
    public void A_value_that_was_constant_in_training_is_only_shifted(StandardizationScope scope, byte constant)
    {
        // The first column of two images is constant; for the scope All both are.
        byte other = scope == StandardizationScope.All ? constant : (byte)9;
        ByteFeatures features = new([constant, constant, constant, other, constant, constant, constant, constant], [2, 2]);
        Standardization fitted = Standardization.Fit(features, 255, scope);
        Assert.Equal((constant / 255f, 1), (fitted.Mean[0], fitted.Deviation[0]));
        float[] sample = [(constant + 1) / 255f, 0, 0, 0];
        fitted.Apply(sample);
        Assert.Equal(1 / 255f, sample[0], 1e-6f);
    }

    [Fact]
    public void A_pixel_that_is_always_blank_stays_zero()
    {
        Standardization fitted = Standardization.Fit(new ByteFeatures([0, 5, 0, 7], [2]), 255, StandardizationScope.Value);
        float[] sample = [0, 6 / 255f];
        fitted.Apply(sample);
        Assert.Equal(0, sample[0]);
        Assert.Equal(0, sample[1], 1e-4f);
    }

    [Fact]
    public void Is_fitted_on_the_training_part_kept_in_the_model_and_used_for_predicting()
    {
        NumPyRandom random = new(3);
        float[] inputs = new float[100 * 4];
        int[] labels = new int[100];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = random.NextInt32(2);
            for (int j = 0; j < 4; j++)
            {
                inputs[i * 4 + j] = (float)random.NextNormal(1000 + 3 * labels[i], 2);
            }
        }
        DataSet data = new(new FloatFeatures(inputs, [4]), new ClassLabels(labels, 2));
        Network network = Network.Create([4], Layer.Dense(2));
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam { LearningRate = 0.1 })
            .Fit(data, new TrainingOptions { Epochs = 5, BatchSize = 10, Standardize = StandardizationScope.Value });

        Assert.True(network.Evaluate(data).Accuracy > 0.8, network.Evaluate(data).ToString());
        using TemporaryFolder folder = new();
        network.Save(folder["model"]);
        Network loaded = Network.Load(folder["model"]);
        Assert.Equal(network.Preprocessing.Standardization!.Mean, loaded.Preprocessing.Standardization!.Mean);
        Assert.Equal(network.Predict(data.Features), loaded.Predict(data.Features));
        Assert.Equal(network.Predict(inputs.AsSpan(0, 4)), loaded.Predict(data.Features)[0]);
    }

    [Fact]
    public void Figures_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Standardization([], []));
        Assert.Throws<ArgumentException>(() => new Standardization([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => new Standardization([1], [0]));
        Assert.Throws<ArgumentException>(() => new Standardization([float.NaN], [1]));
    }
}
