namespace Nabla.Tests.Data;

public sealed class DataSetTests
{
    [Fact]
    public void Names_of_classes_stay_with_the_samples_and_go_into_the_network()
    {
        DataSet data = DataSet.FromImages([1, 2, 3, 4], [1], [0, 1, 1, 0], 2, ["cat", "dog"]);
        DataSet plain = DataSet.FromImages([1], [1], [0], 2);
        Assert.Equal(["cat", "dog"], ((ClassLabels)data.Slice(1, 2).Targets).ClassNames);
        Assert.Equal(["cat", "dog"], ((ClassLabels)data.Append(plain).Targets).ClassNames);
        Assert.Throws<ArgumentException>(() => new ClassLabels([0], 1, ["cat", "dog"]));

        Network network = Network.Create([1], Layer.Dense(2));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd());
        TrainingOptions options = new() { Epochs = 1, ValidationFraction = 0 };
        trainer.Fit(data, options);
        Assert.Equal(["cat", "dog"], network.ClassNames);
        foreach (DataSet doubtful in new[] { plain, DataSet.FromImages([1], [1], [0], 2, ["dog", "bird"]) })
        {
            Assert.Contains("knows the classes cat, dog, but the data set has ", Assert.Throws<ArgumentException>(() => network.Evaluate(doubtful)).Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => trainer.Fit(doubtful, options));
        }
    }

    [Fact]
    public void Classes_are_matched_by_name_and_names_that_are_numbers_with_numbers()
    {
        // Each class its own place: the answer is right whatever the order of the names.
        string[] words = ["zero", "One", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
        string[] sorted = [.. words.Order(StringComparer.OrdinalIgnoreCase)];
        float[] places = new float[100];
        for (int i = 0; i < 10; i++)
        {
            places[i * 10 + i] = 1;
        }
        int[] digits = [.. Enumerable.Range(0, 10)], alphabetical = [.. words.Select(word => Array.IndexOf(sorted, word))];
        DataSet unnamed = DataSet.FromLabeledVectors(places, [10], digits, 10);
        DataSet named = DataSet.FromLabeledVectors(places, [10], alphabetical, 10, sorted);
        DataSet numbered = DataSet.FromLabeledVectors(places[..30], [10], digits[..3], 3, ["0", "1", "2"]);
        TrainingOptions options = new() { Epochs = 50, BatchSize = 10, ValidationFraction = 0 };
        foreach (DataSet train in new[] { unnamed, named })
        {
            Network network = Network.Create([10], Layer.Dense(10));
            Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 2 });
            trainer.Fit(train, options);
            Assert.All([unnamed, named, numbered], data => Assert.Equal(1, network.Evaluate(data).Accuracy));
            trainer.Fit(train == unnamed ? named : unnamed, options with { Epochs = 1 });
            Assert.All([unnamed, named, numbered], data => Assert.Equal(1, network.Evaluate(data).Accuracy));
        }
    }

    [Fact]
    public void Appended_samples_follow_the_first()
    {
        DataSet all = SyntheticDigits.Generate(30, 1);
        DataSet joined = all.Slice(0, 12).Append(all.Slice(12, 18));
        Assert.Equal(((ByteFeatures)all.Features).Values, ((ByteFeatures)joined.Features).Values);
        Assert.Equal(((ClassLabels)all.Targets).Values, ((ClassLabels)joined.Targets).Values);

        DataSet vectors = DataSet.FromVectors([1, 2, 3, 4], [2], [5, 6], 1).Append(DataSet.FromVectors([7, 8], [2], [9], 1));
        Assert.Equal([1, 2, 3, 4, 7, 8], ((FloatFeatures)vectors.Features).Values);
        Assert.Equal([5, 6, 9], ((TargetVectors)vectors.Targets).Values);
    }

    [Fact]
    public void Samples_of_another_kind_cannot_be_appended()
    {
        DataSet vectors = DataSet.FromVectors([1, 2], [2], [5], 1);
        Assert.Throws<ArgumentException>(() => vectors.Append(DataSet.FromVectors([1], [1], [5], 1)));
        Assert.Throws<ArgumentException>(() => vectors.Append(DataSet.FromVectors([1, 2], [2], [5, 6], 2)));
        Assert.Throws<ArgumentException>(() => vectors.Append(SyntheticDigits.Generate(1, 1)));
    }

    [Fact]
    public void Every_sample_needs_a_target() => Assert.Throws<ArgumentException>(() => DataSet.FromVectors([1, 2], [1], [5], 1));
}
