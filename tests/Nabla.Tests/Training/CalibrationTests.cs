namespace Nabla.Tests.Training;

public sealed class CalibrationTests
{
    [Fact]
    public void Bins_hold_confidence_against_what_is_right()
    {
        Calibration calibration = Calibration.Of([(0.95f, true), (0.97f, false), (0.31f, true), (1, true)]);
        Assert.Equal(Calibration.BinCount, calibration.Bins.Count);
        Assert.Equal(new CalibrationBin(1, 0.31f, 1), calibration.Bins[4]);
        Assert.Equal(3, calibration.Bins[14].Count);
        Assert.Equal(2.0 / 3, calibration.Bins[14].Accuracy, 1e-12);
        Assert.Equal((0.69 + Math.Abs(0.95 + 0.97 + 1 - 2)) / 4, calibration.ExpectedError, 1e-6);
        Assert.Equal(0, Calibration.Of([]).ExpectedError);
    }

    [Fact]
    public void The_temperature_is_that_of_the_least_cross_entropy()
    {
        NumPyRandom random = new(1);
        const int Samples = 4000, Classes = 3;
        float[] logits = new float[Samples * Classes];
        int[] labels = new int[Samples];
        for (int row = 0; row < Samples; row++)
        {
            double[] weights = new double[Classes];
            for (int i = 0; i < Classes; i++)
            {
                double honest = random.NextNormal();
                weights[i] = Math.Exp(honest);
                logits[row * Classes + i] = (float)(2.5 * honest); // two and a half times as sure as it should be
            }
            double drawn = random.NextDouble() * weights.Sum();
            labels[row] = drawn < weights[0] ? 0 : drawn < weights[0] + weights[1] ? 1 : 2;
        }
        double temperature = Calibration.FitTemperature(logits, labels, Classes);
        Assert.InRange(temperature, 2.2, 2.8);
        Assert.True(Loss(temperature) < Loss(temperature * 1.05) && Loss(temperature) < Loss(temperature / 1.05));

        double Loss(double t) => Enumerable.Range(0, Samples).Sum(row => Math.Log(Enumerable.Range(0, Classes).Sum(i => Math.Exp(logits[row * Classes + i] / t))) - logits[row * Classes + labels[row]] / t);
    }

    [Fact]
    public void Where_all_is_right_nothing_is_told() => Assert.Equal(1, Calibration.FitTemperature([5, 1, 0, 9], [0, 1], 2));

    [Fact]
    public void A_training_fits_it_to_its_validation_samples_and_the_model_keeps_it()
    {
        DataSet data = Problems.Clusters(600, noise: 3);
        Network network = Network.Create([20], Layer.Dense(64, Activation.ReLU), Layer.Dense(4));
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam { LearningRate = 0.01 }).Fit(data, new TrainingOptions { Epochs = 40, ValidationFraction = 0.3 });
        Assert.True(network.Temperature > 1.2, $"a network that has learnt its samples by heart is too sure of itself: {network.Temperature}");

        DataSet fresh = Problems.Clusters(4000, noise: 3).Slice(600, 3400);
        double after = network.MeasureCalibration(fresh).ExpectedError;
        Prediction[] predictions = network.Predict(fresh.Features);
        using TemporaryFolder folder = new();
        network.Save(folder["model.safetensors"]);
        Network loaded = Network.Load(folder["model.safetensors"]);
        Assert.Equal(network.Temperature, loaded.Temperature);
        Assert.Equal(predictions, loaded.Predict(fresh.Features));
        Assert.Equal(predictions[0], loaded.Predict(((FloatFeatures)fresh.Features).Values[..20]));

        double loss = network.Evaluate(fresh).Loss;
        network.Temperature = 1;
        Assert.Equal(loss, network.Evaluate(fresh).Loss);
        Assert.True(after < network.MeasureCalibration(fresh).ExpectedError / 2);
        Assert.Equal(predictions.Select(prediction => prediction.Label), network.Predict(fresh.Features).Select(prediction => prediction.Label));
    }

    [Fact]
    public void Scores_that_are_no_probabilities_are_refused()
    {
        Network network = Network.Create([20], Layer.Dense(4));
        network.Initialize(new NumPyRandom(1));
        network.Loss = Loss.Quadratic;
        Assert.Contains("no probabilities", Assert.Throws<ArgumentException>(() => network.Calibrate(Problems.Clusters(50))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Temperature = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Temperature = double.NaN);
    }
}
