namespace Nabla.Tests.Training;

[Collection(Alone.Name)]
public sealed class EvaluationTests
{
    [Fact]
    public void Figures_of_a_confusion_matrix_by_hand()
    {
        //            taken for 0  1  2  3
        //  class 0             5  2  0  0
        //  class 1             1  3  0  0
        //  class 2             2  4  0  0
        //  class 3 never occurs
        ConfusionMatrix confusion = new(4);
        Add(0, 0, 5);
        Add(0, 1, 2);
        Add(1, 0, 1);
        Add(1, 1, 3);
        Add(2, 0, 2);
        Add(2, 1, 4);

        Assert.Equal((17, 8, 4), (confusion.Total, confusion.Correct, confusion.ClassCount));
        Assert.Equal([7, 4, 6, 0], Each(label => (double)confusion.Support(label)));
        Assert.Equal([5.0 / 8, 3.0 / 9, 0, 0], Each(confusion.Precision));
        Assert.Equal([5.0 / 7, 3.0 / 4, 0, 0], Each(confusion.Recall));
        Assert.Equal([10.0 / 15, 6.0 / 13, 0, 0], Each(confusion.F1).Select(value => Math.Round(value, 15)).ToArray(), (x, y) => Math.Abs(x - y) < 1e-14);
        Assert.Equal(44.0 / 197, confusion.Kappa, 1e-12);
        Assert.Equal((2, 4), (confusion[0, 1], confusion[2, 1]));
        Assert.Equal([(2, 1, 4), (0, 1, 2), (2, 0, 2)], confusion.MostConfused(3));
        Assert.Equal([(2, 1, 4), (0, 1, 2), (2, 0, 2), (1, 0, 1)], confusion.MostConfused(100));
        Assert.Empty(confusion.MostConfused(0));

        void Add(int actual, int predicted, int times)
        {
            for (; times > 0; times--)
            {
                confusion.Add(actual, predicted);
            }
        }

        double[] Each(Func<int, double> figure) => [.. Enumerable.Range(0, 4).Select(figure)];
    }

    [Fact]
    public void More_classes_than_a_matrix_holds_are_refused_with_their_bytes()
    {
        Network network = Network.Create([1], Layer.Dense(50_000));
        network.MarkInitialized();
        DataSet data = DataSet.FromImages([1], [1], [49_999], 50_000);
        const string Message = "The data set has 50,000 classes, expected at most 46,340: what was predicted as what would need 10,000,000,000 bytes.";
        Assert.StartsWith(Message, Assert.Throws<ArgumentException>(() => network.Evaluate(data)).Message, StringComparison.Ordinal);
        Assert.StartsWith(Message, Assert.Throws<ArgumentException>(() => new Trainer(network, Loss.Quadratic, new Sgd()).Fit(data)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix(46_341));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix(65_536));
    }

    [Fact]
    public void Kappa_is_1_where_all_is_right_and_0_where_nothing_was_looked_at()
    {
        Assert.Equal(1, Kappa([5, 0, 0, 7]));
        Assert.Equal(0, Kappa([5, 0, 7, 0]));
        Assert.Equal(0, Kappa([5, 0, 0, 0]));
        Assert.Equal(0, Kappa([0, 0, 0, 0]));
        Assert.Equal(0, Kappa([8, 2, 4, 1]), 1e-15);
        Assert.Equal(-1, Kappa([0, 6, 6, 0]));

        static double Kappa(int[] counts)
        {
            ConfusionMatrix confusion = new(2);
            for (int i = 0; i < counts.Length; i++)
            {
                for (int count = 0; count < counts[i]; count++)
                {
                    confusion.Add(i / 2, i % 2);
                }
            }
            return confusion.Kappa;
        }
    }

    [Fact]
    public void Targets_that_the_loss_does_not_compare_with_are_refused()
    {
        Network network = Network.Create([1], Layer.Dense(2));
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd()).Fit(DataSet.FromLabeledVectors([-1, 1], [1], [0, 1], 2), new TrainingOptions { Epochs = 1, ValidationFraction = 0 });
        Assert.Contains("add up to 12", Assert.Throws<ArgumentException>(() => network.Evaluate(DataSet.FromVectors([1], [1], [5, 7], 2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_sample_takes_the_memory_of_one()
    {
        Network network = Network.Create([1000], Layer.Dense(1000));
        network.MarkInitialized();
        DataSet data = DataSet.FromVectors(new float[1000], [1000], new float[1000], 1000);
        network.Evaluate(data, threads: 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        network.Evaluate(data, threads: 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 * 4000);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 0)]
    [InlineData(-1, 2)]
    [InlineData(1, -1)]
    public void Classes_there_are_none_of_are_refused(int actual, int predicted)
    {
        ConfusionMatrix confusion = new(3);
        Assert.Throws<ArgumentOutOfRangeException>(() => confusion.Add(actual, predicted));
        Assert.Throws<ArgumentOutOfRangeException>(() => confusion[actual, predicted]);
    }

    [Fact]
    public void A_network_is_measured_by_hand()
    {
        // Outputs are the inputs themselves. Quadratic loss per sample: ½(0 + 0), ½(4 + 1), ½(1 + 1).
        Network network = Network.Create([2], Layer.Dense(2, bias: false));
        new float[] { 1, 0, 0, 1 }.CopyTo(network.Parameters);
        network.MarkInitialized();
        DataSet data = new(new FloatFeatures([1, 0, 2, 0, 0, 1], [2]), new ClassLabels([0, 1, 0], 2));
        Evaluation evaluation = network.Evaluate(data, threads: 1);
        Assert.Equal((3, 1, 1.0 / 3), (evaluation.Samples, evaluation.Correct, evaluation.Accuracy));
        Assert.Equal((0 + 2.5 + 1) / 3, evaluation.Loss, 1e-12);
        Assert.Equal((1, 1, 1, 0), (evaluation.Confusion![0, 0], evaluation.Confusion[0, 1], evaluation.Confusion[1, 0], evaluation.Confusion[1, 1]));
        Assert.Equal("accuracy 33.33% (1 of 3), loss 1.1667", evaluation.ToString());
    }

    [Fact]
    public void Vectors_have_no_accuracy()
    {
        Network network = Network.Create([1], Layer.Dense(1, bias: false, weights: Initializer.Zeros));
        network.Initialize(new NumPyRandom(1));
        Evaluation evaluation = network.Evaluate(DataSet.FromVectors([1, 1], [1], [2, 4], 1), threads: 1);
        Assert.Equal(5, evaluation.Loss);
        Assert.Equal("mean absolute error 3, RMSE 3.162, R² -9.0000 over 2 samples, loss 5.0000", evaluation.ToString());
        Assert.Null(evaluation.Accuracy);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void More_samples_than_go_through_at_once_and_any_number_of_threads_give_the_same(int threads)
    {
        Network network = Network.Create([20], Layer.Dense(300, Activation.Sigmoid), Layer.Dense(4));
        network.Initialize(new NumPyRandom(1));
        DataSet data = Problems.Clusters(700);
        Evaluation one = network.Evaluate(data, threads: 1);
        Evaluation many = network.Evaluate(data, threads);
        Assert.Equal((one.Loss, one.Correct), (many.Loss, many.Correct));
        Prediction[] predictions = network.Predict(data.Features);
        ReadOnlySpan<int> labels = ((ClassLabels)data.Targets).Values;
        int correct = 0;
        for (int i = 0; i < predictions.Length; i++)
        {
            correct += predictions[i].Label == labels[i] ? 1 : 0;
        }
        Assert.Equal(correct, one.Correct);
        Assert.Equal(700, one.Confusion!.Total);
    }

    [Fact]
    public void Numbers_are_measured_in_their_unit()
    {
        // y = 2x + 1, for targets of 3, 5, 9: 0, 0 and 2 off.
        Network network = Network.Create([1], Layer.Dense(1));
        (network.Parameters[0], network.Parameters[1]) = (2, 1);
        network.MarkInitialized();
        network.Loss = new QuadraticLoss { Deviation = 2 };
        DataSet data = DataSet.FromVectors([1, 2, 3], [1], [3, 5, 9], 1);
        Evaluation evaluation = network.Evaluate(data);
        Assert.Null(evaluation.Confusion);
        Assert.Equal(2.0 / 3, evaluation.Regression!.MeanAbsoluteError, 1e-9);
        Assert.Equal(Math.Sqrt(4.0 / 3), evaluation.Regression.RootMeanSquaredError, 1e-9);
        // Mean 17/3: squares of 64, 4 and 100 ninths.
        Assert.Equal(1 - 4 / (168.0 / 9), evaluation.Regression.R2!.Value, 1e-9);
        Assert.Equal(4.0 / 2 / 4 / 3, evaluation.Loss, 1e-9);
        Assert.Equal("mean absolute error 0.6667, RMSE 1.155, R² 0.7857 over 3 samples, loss 0.1667", $"{evaluation}");
        Assert.Null(network.Evaluate(DataSet.FromVectors([1, 2], [1], [0.1f, 0.1f], 1)).Regression!.R2);
        Assert.Equal(0, RegressionFigures.Of([2, 2, 2], new TargetVectors([1, 2, 3], 1)).R2);
        // Two numbers a sample: the mean of both.
        Assert.Equal(0.5, RegressionFigures.Of([1, 5, 2, 5, 3, 5], new TargetVectors([1, 4, 2, 5, 3, 6], 2)).R2);
        Assert.Throws<ArgumentException>(() => RegressionFigures.Of([1], new TargetVectors([1, 2], 1)));
    }
}
