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

    private enum Colour
    {
        Red,
        Green,
        Blue,
    }

    private sealed record Thing(float Size, float Weight, string Kind, Colour Colour, int Number, double Price);

    private static readonly Thing[] Things = [new(1, 2, "b", Colour.Blue, 7, 1.5), new(3, 4, "a", Colour.Red, -2, 2.5), new(5, 6, "b", Colour.Red, 7, 3.5)];

    [Fact]
    public void Objects_of_a_program_become_samples()
    {
        DataSet words = DataSet.From(Things, features: x => [x.Size, x.Weight], label: x => x.Kind, columnNames: ["size", "weight"]);
        Assert.Equal([1, 2, 3, 4, 5, 6], ((FloatFeatures)words.Features).Values);
        Assert.Equal(["size", "weight"], words.Features.Schema!.Columns.Select(column => column.Name!));
        AssertClasses([1, 0, 1], ["a", "b"], words);
        AssertClasses([2, 0, 0], ["Red", "Green", "Blue"], DataSet.From(Things, features: x => [x.Size], label: x => x.Colour));
        AssertClasses([1, 0, 1], ["-2", "7"], DataSet.From(Things, features: x => [x.Size], label: x => x.Number));
        AssertClasses([0, 1, 1], ["False", "True"], DataSet.From(Things, features: x => [x.Size], label: x => x.Size > 2));
        DataSet numbers = DataSet.From(Things, features: x => [x.Size], target: x => x.Price);
        Assert.Equal([1.5f, 2.5f, 3.5f], ((TargetVectors)numbers.Targets).Values);
        Assert.Null(numbers.Features.Schema);

        static void AssertClasses(int[] labels, string[] names, DataSet data)
        {
            ClassLabels classes = Assert.IsType<ClassLabels>(data.Targets);
            Assert.Equal(labels, classes.Values);
            Assert.Equal(names, classes.ClassNames!);
            Assert.Equal(names.Length, classes.Width);
        }
    }

    [Fact]
    public void Objects_that_do_not_fit_together_are_refused()
    {
        Assert.Contains("no objects", Assert.Throws<ArgumentException>(() => DataSet.From<Thing, string>([], x => [x.Size], x => x.Kind)).Message, StringComparison.Ordinal);
        Assert.Contains("Object 1 has 3 numbers, expected 1", Assert.Throws<ArgumentException>(() => DataSet.From(Things, features: x => new float[(int)x.Size], label: x => x.Kind)).Message, StringComparison.Ordinal);
        Assert.Contains("1 numbers and there are 2 names", Assert.Throws<ArgumentException>(() => DataSet.From(Things, features: x => [x.Size], label: x => x.Kind, columnNames: ["a", "b"])).Message, StringComparison.Ordinal);
        Assert.Contains("give the number as target", Assert.Throws<ArgumentException>(() => DataSet.From(Things, features: x => [x.Size], label: x => x.Price)).Message, StringComparison.Ordinal);
        Assert.Contains("The target of object 0 is NaN", Assert.Throws<ArgumentException>(() => DataSet.From(Things, features: x => [x.Size], target: x => double.NaN)).Message, StringComparison.Ordinal);
        Assert.Contains("of class '9', which Colour does not declare", Assert.Throws<ArgumentException>(() => DataSet.From(Things, features: x => [x.Size], label: x => (Colour)9)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_columns_of_a_table_stay_with_the_samples_and_go_into_the_network()
    {
        DataSet data = DataSet.From(Things, features: x => [x.Size, x.Weight], label: x => x.Kind, columnNames: ["size", "weight"]);
        TableSchema schema = data.Features.Schema!;
        foreach (DataSet other in new[] { data.Take([1]), data.View([1, 2]), data.View([1, 2]).Take([0]), data.View([1, 2]).View([1]), data.Append(data), data.Slice(0, 1).Append(DataSet.From(Things, x => [x.Size, x.Size], x => x.Kind)) })
        {
            Assert.Same(schema, other.Features.Schema);
        }
        Network network = Network.Create([2], Layer.Dense(2));
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd()).Fit(data, new() { Epochs = 1, ValidationFraction = 0 });
        Assert.Same(schema, network.Schema);
        Assert.Same(schema, network.FoldBatchNormalization().Schema);
        Assert.Equal(
            "The data set is a table with column 2 \"height\" in place of column 2 \"weight\"; read it with the network's Schema, which finds columns by their names. (Parameter 'data')",
            Assert.Throws<ArgumentException>(() => network.Evaluate(DataSet.From(Things, x => [x.Size, x.Weight], label: x => x.Kind, columnNames: ["size", "height"]))).Message);
        Assert.Throws<ArgumentException>(() => Network.Create([3], Layer.Dense(2)).Schema = schema);
        Assert.Throws<ArgumentException>(() => new FloatFeatures([1, 2, 3], [3]) { Schema = schema });
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
