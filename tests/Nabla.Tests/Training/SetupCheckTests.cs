namespace Nabla.Tests.Training;

/// <summary>The check tells sound set-ups from broken ones, and names what is broken.</summary>
public sealed class SetupCheckTests
{
    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    public void A_sound_set_up_can_learn(string optimizer)
    {
        SetupReport report = Check(optimizer == "sgd" ? new Sgd { LearningRate = 0.1 } : new Adam { LearningRate = 0.01 });
        Assert.True(report.CanLearn, Text(report));
        Assert.DoesNotContain(report.Findings, finding => finding.Kind == FindingKind.Problem);
        Assert.Contains("learnt 64 samples by heart", Text(report), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_of_nearly_nothing_is_too_low() => AssertBroken(Check(new Sgd { LearningRate = 1e-9 }), "The learning rate 1E-09 is too low: with ");

    [Fact]
    public void A_huge_rate_is_too_high() => AssertBroken(Check(new Sgd { LearningRate = 1e6 }), "The learning rate 1E+06 is too high: with ");

    [Fact]
    public void Weights_that_begin_at_zero_are_named()
    {
        LayerSpec hidden = Layer.Dense(16, Activation.ReLU) with { WeightInitializer = Initializer.Zeros };
        SetupReport report = Check(new Sgd(), layers: [hidden, Layer.Dense(4) with { WeightInitializer = Initializer.Zeros }]);
        AssertBroken(report, "No gradient reaches dense1/weight", "All numbers of dense1/weight begin as 0", "16 of the 16 units of dense1 are dead before the training");
    }

    [Fact]
    public void Inputs_that_say_nothing_are_named()
    {
        DataSet all = new(new FloatFeatures(new float[80 * 20], [20]), Problems.Clusters(80).Targets);
        AssertBroken(Check(new Sgd(), all), "All inputs are 0");
        float[] rows = [.. Enumerable.Range(0, 80).SelectMany(_ => Enumerable.Range(0, 20).Select(i => (float)i / 20))];
        AssertBroken(Check(new Sgd(), new DataSet(new FloatFeatures(rows, [20]), all.Targets)), "All 64 samples are the same");
    }

    [Fact]
    public void Large_inputs_are_remarked()
    {
        DataSet data = Problems.Clusters(80);
        float[] values = new float[80 * 20];
        for (int row = 0; row < 80; row++)
        {
            data.Features.CopyRow(row, 1, values.AsSpan(row * 20, 20));
        }
        SetupReport report = Check(new Sgd(), new DataSet(new FloatFeatures([.. values.Select(value => value * 1000)], [20]), data.Targets));
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Remark && finding.Text.StartsWith("Inputs are from", StringComparison.Ordinal));
    }

    [Fact]
    public void Labels_of_one_class_are_named()
    {
        DataSet data = new(Problems.Clusters(80).Features, new ClassLabels(new int[80], 4));
        AssertBroken(Check(new Sgd(), data), "All 80 samples are of one class, 0");
    }

    /// <summary>Labels at random are learnt by heart as any others: nothing is to be said of them.</summary>
    [Fact]
    public void Wrong_labels_are_no_finding()
    {
        DataSet data = Problems.Clusters(80, features: 100);
        DataSet wrong = new(data.Features, new ClassLabels([.. Enumerable.Range(0, 80).Select(i => i * 7 % 4)], 4));
        Assert.True(Check(new Adam { LearningRate = 0.01 }, wrong, [Layer.Dense(64, Activation.ReLU), Layer.Dense(4)]).CanLearn);
    }

    [Fact]
    public void The_network_stays_as_it_was()
    {
        Network network = Network.Create([20], Layer.Dense(4));
        SetupCheck.Run(network, Loss.SoftmaxCrossEntropy, new Sgd(), Problems.Clusters(80));
        Assert.False(network.IsInitialized);
        Assert.Null(network.Training);
    }

    [Fact]
    public void Range_test_suggests_a_rate_that_learns_and_ends_where_the_loss_explodes()
    {
        Network network = Network.Create([20], Layer.Dense(32, Activation.ReLU), Layer.Dense(4));
        LearningRateRange range = LearningRateFinder.Find(network, Loss.SoftmaxCrossEntropy, new Sgd { Momentum = 0.9 }, Problems.Clusters(600));
        Assert.False(network.IsInitialized);
        Assert.InRange(range.Suggestion!.Value, 3e-4, 1);
        Assert.Equal(1e-7, range.Points[0].LearningRate);
        Assert.Equal(1e-6, range.Points[40].LearningRate, 1e-18);
        Assert.Equal(range.Points.Select(point => point.LearningRate).Order(), range.Points.Select(point => point.LearningRate));
        TrainingHistory history = new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd { Momentum = 0.9, LearningRate = range.Suggestion.Value })
            .Fit(Problems.Clusters(600), new TrainingOptions { Epochs = 5 });
        Assert.True(history.Epochs[^1].Loss < 0.5 * history.Epochs[0].Loss, $"{history.Epochs[^1]}");
        // The same every time, on any number of threads.
        Assert.Equal(range.Points, LearningRateFinder.Find(network, Loss.SoftmaxCrossEntropy, new Sgd { Momentum = 0.9 }, Problems.Clusters(600), new TrainingOptions { Threads = 3 }).Points);
    }

    [Fact]
    public void Range_test_of_a_loss_that_runs_away_stops_early_and_one_that_never_falls_suggests_nothing()
    {
        // Squares of errors of a linear network explode.
        DataSet map = Problems.LinearMap(200, [1, 2, 3, 4], [1, 2]);
        LearningRateRange range = LearningRateFinder.Find(Network.Create([2], Layer.Dense(2)), Loss.Quadratic, new Sgd(), map);
        Assert.True(range.HasExploded);
        Assert.True(range.Points[^1].LearningRate < 9.9);
        DataSet blank = new(new FloatFeatures(new float[80 * 20], [20]), new ClassLabels([.. Enumerable.Range(0, 80).Select(i => i % 4)], 4));
        LearningRateRange none = LearningRateFinder.Find(Network.Create([20], Layer.Dense(4, bias: false)), Loss.SoftmaxCrossEntropy, new Sgd(), blank);
        Assert.Null(none.Suggestion);
    }

    private static SetupReport Check(Optimizer optimizer, DataSet? data = null, params LayerSpec[] layers) => SetupCheck.Run(
        Network.Create([(data ?? Problems.Clusters(80)).Features.SampleShape.Size], layers.Length > 0 ? layers : [Layer.Dense(16, Activation.ReLU), Layer.Dense(4)]),
        Loss.SoftmaxCrossEntropy, optimizer, data ?? Problems.Clusters(80));

    private static void AssertBroken(SetupReport report, params string[] expected)
    {
        Assert.False(report.CanLearn, Text(report));
        Assert.All(expected, text => Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Problem && finding.Text.Contains(text, StringComparison.Ordinal)));
    }

    private static string Text(SetupReport report) => string.Join('\n', report.Findings.Select(finding => $"{finding.Kind}: {finding.Text}"));
}
