using System.Globalization;
using System.Reflection;

namespace Nabla.Tests.Execution;

/// <summary>What a plan decides, and what it says of it.</summary>
public sealed class ExecutionPlanTests
{
    private static readonly Network Dense = Network.Create([28, 28], Layer.Dense(128, Activation.ReLU), Layer.Dense(10));

    [Fact]
    public void A_small_batch_goes_through_at_once_and_a_large_one_in_shards_that_do_not_hang_on_threads()
    {
        ExecutionPlan small = new(Dense, 64, threads: 2);
        Assert.Equal((64, 1, false, true), (small.MicroBatch, small.Shards, small.IsLarge, small.SharesFeatures));
        foreach (int threads in new[] { 1, 2, 7 })
        {
            ExecutionPlan large = new(Dense, 60_000, threads);
            Assert.Equal((256, 117, true, false), (large.MicroBatch, large.Shards, large.IsLarge, large.SharesFeatures));
            Assert.Equal(235, large.MicroBatchesOf(60_000));
            // The last batch of an epoch is smaller.
            Assert.Equal(1, large.ShardsOf(700));
            Assert.Equal(2, large.ShardsOf(1000));
        }
        Network dropout = Network.Create([28, 28], Layer.Dropout(), Layer.Dense(10));
        Assert.Equal(117, new ExecutionPlan(dropout, 60_000, threads: 2).Shards);
        Assert.Equal(1, new ExecutionPlan(dropout, 60_000, threads: 2, RandomSource.NumPy).Shards);
        Assert.Equal(117, new ExecutionPlan(Dense, 60_000, threads: 2, RandomSource.NumPy).Shards);
    }

    /// <summary>Whoever changes one of these changes what recipes train: then the version is raised, the new values are written here, and the bits of <c>InstructionSetTests</c> are recorded anew.</summary>
    [Fact]
    public void What_bits_depend_on_has_a_version() => Assert.Equal(
        "Version = 2, SamplesAtOnce = 4, MaxParametersOneByOne = 65536, FloatsAtOnce = 1048576, MinMicroBatch = 32, MaxMicroBatch = 256, MaxFloatsAtOnce = 16777216, "
        + "MinMicroBatchesPerShard = 2, MaxGradientFloats = 16777216, MaxShards = 256, MinSamplesPerShard = 12, MinMultiplyAddsPerParameter = 400, MaxFoldedShift = 8, MinBlankToFold = 0.25, FloatsPerPartOfStatistics = 32768, MaxPartsOfStatistics = 32, SamplesToTellBlanks = 1000, MinShardsPerThread = 4, MaxActivationFloats = 134217728",
        string.Join(", ", typeof(ExecutionPlan).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(field => field.IsLiteral)
            .Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Name} = {field.GetRawConstantValue()}"))));

    [Fact]
    public void A_network_that_needs_the_whole_batch_gets_it_in_one_piece_and_sums_it_in_shards()
    {
        Network network = Network.Create([9], Layer.Dense(5), Layer.BatchNormalization(), Layer.Dense(2));
        ExecutionPlan plan = new(network, batchSize: 60_000, threads: 2);
        Assert.Equal((60_000, 128, 1), (plan.MicroBatch, plan.Shards, plan.MicroBatchesOf(60_000)));
        Assert.False(plan.MayDescendAtOnce);
        Assert.True(new ExecutionPlan(network, batchSize: 64, threads: 2).MayDescendAtOnce);
    }

    /// <summary>Of <c>best</c>: as many as eight processes can share, each a multiple of the samples that layers take at once.</summary>
    [Fact]
    public void A_small_batch_of_images_has_shards_of_a_dozen_that_go_through_together()
    {
        Recipe best = RecipeBook.Get("best");
        ExecutionPlan plan = new(best.CreateNetwork(), best.Training.BatchSize, threads: 2, augments: true);
        Assert.Equal((96, 8, true, false), (plan.MicroBatch, plan.Shards, plan.TakesShardsLayerByLayer, plan.IsLarge));
        Assert.Equal([0, 12, 24, 36, 48, 60, 72, 84, 96], Enumerable.Range(0, 9).Select(shard => plan.StartOf(shard, 96)));
        Assert.Equal([0, 12, 24, 36, 50], Enumerable.Range(0, 5).Select(shard => plan.StartOf(shard, 50)));
        Assert.Equal(1, plan.ShardsOf(23));
        // Where each parameter has little to do, its gradient is not written down for a few samples.
        Assert.Equal(1, new ExecutionPlan(Dense, 256, threads: 2).Shards);
    }

    [Fact]
    public void Only_a_thin_first_layer_that_reads_the_samples_alone_may_read_lists_of_what_is_not_zero()
    {
        Assert.True(MayReadSparse(60_000, Layer.Dense(10)));
        Assert.False(MayReadSparse(64, Layer.Dense(10)));
        Assert.False(MayReadSparse(60_000, Layer.Dense(17)));
        Assert.False(MayReadSparse(60_000, Layer.Dense(10) with { Name = "a" }, Layer.Dense(10) with { Name = "b", Inputs = ["input"] }, Layer.Add("a", "b")));

        static bool MayReadSparse(int batchSize, params LayerSpec[] layers) => new ExecutionPlan(Network.Create([28, 28], layers), batchSize, threads: 1).MayReadSparse;
    }

    /// <summary>A second reader of the samples must not be left with the zeros of a buffer that a first layer that reads lists does not need.</summary>
    [Fact]
    public void Two_readers_of_mostly_blank_samples_learn_from_both()
    {
        DataSet digits = SyntheticDigits.Generate(1200, seed: 1);
        Network network = Network.Create([28, 28], Layer.Dense(10) with { Name = "a" }, Layer.Dense(10, weights: Initializer.Zeros) with { Name = "b", Inputs = ["input"] }, Layer.Add("a", "b"));
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd()).Fit(digits, new() { Epochs = 1, BatchSize = 1080 });
        Assert.True(network.Layers[1].Parameters[0].Of(network.Parameters).ContainsAnyExcept(0));
    }

    [Fact]
    public void Explains_dense_layers()
    {
        string[] lines = Dense.Explain(64, threads: 2).Split(Environment.NewLine);
        Assert.Equal("A batch of 64 samples, 2 threads: all go through at a time.", lines[0]);
        Assert.Equal("dense1    65.5 kB  each of 2 threads keeps some of the inputs and their weights", lines[1]);
        Assert.Equal("dense2     5.1 kB  all samples at a time, on one thread", lines[2]);
        Assert.StartsWith("in all", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Explains_groups_views_random_numbers_and_shards()
    {
        Network images = Network.Create(
            [28, 28], Layer.Convolution2D(8, 3, 3, Activation.Tanh), Layer.Residual(Layer.Convolution2D(8, 3, 3, padding: 1)), Layer.Flatten(), Layer.Dense(32, Activation.ReLU), Layer.Dropout(), Layer.Dense(10));
        string text = images.Explain(128, threads: 2);
        Assert.Contains("4 samples at a time, by each thread, from convolution2d1 to flatten1; a gradient for each 4, and their sum", text, StringComparison.Ordinal);
        Assert.Matches(@"add1 +[\d.]+ MB  4 samples at a time, by each thread, from convolution2d1 to flatten1\r?\n", text);
        Assert.Matches(@"flatten1 +the same memory under another shape", text);
        Assert.Matches(@"dropout1 +[\d.]+ kB  all samples at a time; each sample its own random numbers; takes the derivative of the layer before", text);
        Assert.Contains("all samples at a time; random numbers one after the other", images.Explain(new TrainingOptions { BatchSize = 128, RandomNumbers = RandomSource.NumPy }), StringComparison.Ordinal);

        string large = Network.Create([28, 28], Layer.Dense(10)).Explain(60_000, threads: 2);
        Assert.StartsWith("A batch of 60,000 samples, 2 threads: 256 samples go through at a time, in 117 shards, of which each thread takes the next when it is done with one.", large, StringComparison.Ordinal);
        Assert.Contains("lists of what is not zero in a sample, if most is", large, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Dense.Explain(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dense.Explain(1, threads: 0));
    }
}
