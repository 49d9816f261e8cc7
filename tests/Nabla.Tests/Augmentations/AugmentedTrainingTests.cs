using Nabla.Tests.Numerics;

namespace Nabla.Tests.Augmentations;

/// <summary>Augmentation within a training: what comes of samples and targets, for any number of threads.</summary>
[Collection(Alone.Name)]
public sealed class AugmentedTrainingTests
{
    private static readonly IReadOnlyList<Augmentation> All =
    [
        new AffineAugmentation(), new ElasticAugmentation { Probability = 0.8 }, new StrokeThicknessAugmentation(), new ContrastAugmentation { Probability = 0.5 }, new NoiseAugmentation { Probability = 0.5 },
        new BlurAugmentation { Probability = 0.3 }, new ErasingAugmentation { Probability = 0.3 }, new ResolutionAugmentation { Probability = 0.3 }, new MixupAugmentation { Probability = 0.7 },
    ];

    [Theory]
    [InlineData(64, SampleOrder.Shuffled, null)]
    [InlineData(1500, SampleOrder.AsGiven, StandardizationScope.Column)]
    [InlineData(31, SampleOrder.WithReplacement, StandardizationScope.All)]
    public void Training_gives_the_same_bits_on_any_number_of_threads_and_learns(int batchSize, SampleOrder order, StandardizationScope? scope)
    {
        DataSet digits = SyntheticDigits.Generate(2000, seed: 3);
        float[]? expected = null;
        foreach (int threads in new[] { 1, 2, 3, 7 })
        {
            Network network = Network.Create([28, 28], Layer.Dense(32, Activation.ReLU), Layer.Dropout(0.1), Layer.Dense(10));
            TrainingOptions options = new() { Epochs = 2, BatchSize = batchSize, Order = order, Standardize = scope, Threads = threads, Augmentation = All };
            TrainingHistory history = new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam { LearningRate = 0.003 }).Fit(digits, options);
            expected ??= network.Parameters.ToArray();
            Numbers.AssertBits(expected, network.Parameters, $"{threads} threads");
            Assert.True(batchSize > 1000 || history.Best!.ValidationAccuracy > 0.5, history.Best!.ToString());
        }
    }

    /// <summary>The first step sees what <see cref="Augmentation.ApplyAll"/> makes of the samples at their places; with the image's own shape or flat ones.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_sample_is_changed_by_its_place_in_the_epoch_before_it_is_standardised(bool flat)
    {
        ByteFeatures bytes = (ByteFeatures)SyntheticDigits.Generate(50, seed: 3).Features;
        Features features = flat ? new ByteFeatures(bytes.Values.ToArray(), [784]) : bytes;
        IReadOnlyList<Augmentation> list = [new AffineAugmentation(), new StrokeThicknessAugmentation(), new NoiseAugmentation()];
        Preprocessing preprocessing = new() { Standardization = new Standardization([0.1f], [0.3f]) };
        Augmenter augmenter = new(list, [28, 28], preprocessing);
        int[] samples = [7, 3, 3, 41, 0];
        float[] together = new float[5 * 784], image = new float[784], expected = new float[784];
        augmenter.Load(features.View([.. Enumerable.Range(0, 50)]), samples, new SampleRandom(9, 2, 100), together, new float[5], 1, threads: 3);
        for (int row = 0; row < samples.Length; row++)
        {
            features.CopyRow(samples[row], 255, image);
            Augmentation.ApplyAll(list, image, [28, 28], expected, new SampleRandom(9, 2, 100 + row));
            preprocessing.Standardization!.Apply(expected);
            Numbers.AssertBits(expected, together.AsSpan(row * 784, 784), $"row {row}");
        }
        Assert.NotEqual(together[784..1568], together[1568..2352]);
    }

    [Fact]
    public void Mixup_mixes_targets_as_it_mixes_images_and_each_remains_itself_for_the_most_part()
    {
        const int Samples = 401;
        float[] values = new float[Samples * 4], targets = new float[Samples * 2], wanted = new float[Samples * 2];
        for (int i = 0; i < Samples; i++)
        {
            (values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3]) = (i % 2, 1 - i % 2, i, 1);
            (targets[2 * i], targets[2 * i + 1]) = (i % 2, 1 - i % 2);
        }
        float[] mixed = new float[values.Length];
        targets.CopyTo(wanted, 0);
        new Augmenter([new MixupAugmentation { Alpha = 0.5, Probability = 0.8 }], [2, 2], new Preprocessing())
            .Load(new FloatFeatures(values, [2, 2]), [.. Enumerable.Range(0, Samples)], new SampleRandom(1), mixed, wanted, 2, threads: 2);
        List<float> shares = [];
        for (int i = 0; i < Samples - 1; i++)
        {
            float share = i % 2 == 1 ? wanted[2 * i] : wanted[2 * i + 1];
            int other = i ^ 1;
            Assert.InRange(share, 0.5f, 1);
            Assert.Equal(1, wanted[2 * i] + wanted[2 * i + 1], 1e-6f);
            Assert.Equal(wanted[2 * i], mixed[4 * i]);
            Assert.Equal(wanted[2 * i + 1], mixed[4 * i + 1]);
            Assert.Equal(share * i + (1 - share) * other, mixed[4 * i + 2], 1e-3f);
            shares.Add(share);
        }
        Assert.InRange(shares.Count(share => share == 1) / 400.0, 0.13, 0.4);
        Assert.InRange(shares.Average(), 0.75, 0.95);
        // The last has no other.
        Assert.Equal(values[^4..], mixed[^4..]);
        Assert.Equal(targets[^2..], wanted[^2..]);
    }

    [Fact]
    public void Augmentation_allocates_nothing_per_step_after_the_first()
    {
        DataSet digits = SyntheticDigits.Generate(1200, seed: 3);
        Network network = Network.Create([28, 28], Layer.Dense(16, Activation.ReLU), Layer.Dropout(), Layer.Dense(10));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd());
        AllocationCounter.AssertNothingPerStep(trainer, digits, new TrainingOptions { Epochs = 2, BatchSize = 100, Threads = 3, Augmentation = All });
    }

    [Fact]
    public void A_plan_with_augmentation_reads_no_samples_as_they_were_and_says_so()
    {
        Network network = Network.Create([28, 28], Layer.Dense(10));
        TrainingOptions options = new() { BatchSize = 60_000, Threads = 2 };
        Assert.Contains("lists of what is not zero", network.Explain(options), StringComparison.Ordinal);
        string text = network.Explain(options with { Augmentation = Augmentation.ForHandwriting });
        Assert.DoesNotContain("lists of what is not zero", text, StringComparison.Ordinal);
        Assert.Contains("Each sample is augmented by the thread that gathers it.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_takes_no_images_is_refused()
    {
        Network network = Network.Create([784], Layer.Dense(10));
        string message = Assert.Throws<ArgumentException>(() => new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd())
            .Fit(SyntheticDigits.Generate(100, seed: 1), new TrainingOptions { Augmentation = Augmentation.ForHandwriting })).Message;
        Assert.Equal("Augmentation changes images, but the network takes samples of [784], expected [height, width] or [height, width, channels], such as [28, 28]: a dense layer reads them as well.", message);
        Assert.False(network.IsInitialized);
    }

    [Fact]
    public void A_recipe_has_augmentation_with_defaults_and_keeps_it()
    {
        Recipe recipe = Recipe.Parse(
            """
            {"name": "a", "layers": [{"type": "dense", "units": 10}],
             "training": {"epochs": 1, "augmentation": [{"type": "affine", "rotation": 15}, {"type": "elastic"}, {"type": "erasing", "probability": 0.25}, {"type": "mixup"}]}}
            """, "a.json");
        TrainingOptions expected = new()
        {
            Epochs = 1,
            Augmentation = [new AffineAugmentation { Rotation = 15 }, new ElasticAugmentation(), new ErasingAugmentation { Probability = 0.25 }, new MixupAugmentation()],
        };
        Assert.Equal(expected.Augmentation, recipe.Training.Augmentation);
        Assert.Equal(recipe.Training, Recipe.Parse(recipe.ToJson(), "a.json").Training);
        Assert.NotEqual(recipe.Training, recipe.Training with { Augmentation = [] });
        Assert.Empty(Recipe.Parse("""{"name": "a", "layers": [{"type": "dense", "units": 10}]}""", "a.json").Training.Augmentation);
        Assert.Equal(RandomSource.Philox, recipe.Training.RandomNumbers);

        Refused("""{"type": "afine"}""", "found 'afine' as 'training.augmentation[0].type'", "did you mean 'affine'?");
        Refused("""{"type": "affine", "rotation": 200}""", "Rotation must be from 0 to 180");
        Refused("""{"type": "mixup"}, {"type": "blur"}""", "Augmentation 1 of 2 mixes samples (MixupAugmentation), expected as the last");

        Network network = recipe.Train(new TrainAndTest(SyntheticDigits.Generate(300, 1), SyntheticDigits.Generate(50, 2), "digits"));
        using MemoryStream saved = new();
        network.Save(saved);
        saved.Position = 0;
        Assert.Equal(recipe.Training.Augmentation, Network.Load(saved, "a").Training!.Options.Augmentation);

        static void Refused(string augmentation, params string[] words)
        {
            string message = Assert.Throws<MalformedFileException>(() => Recipe.Parse(
                $$$"""{"name": "a", "layers": [{"type": "dense", "units": 10}], "training": {"augmentation": [{{{augmentation}}}]}}""", "a.json")).Message;
            Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
        }
    }
}
