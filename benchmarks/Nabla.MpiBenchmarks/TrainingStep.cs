using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Nabla.MpiBenchmarks;

/// <summary>Steps of a training whose time is measured: a recipe's network, in batches of some size.</summary>
/// <param name="Recipe">The name of a recipe that ships.</param>
/// <param name="BatchSize">Samples of a step.</param>
internal sealed partial record TrainingStep(string Recipe, int BatchSize)
{
    // The first steps wait for compilation and memory.
    private const int WarmUp = 10;

    /// <summary>Parameters of the network.</summary>
    public int Parameters => Network().Layers.Sum(layer => layer.ParameterCount);

    /// <summary>How many processes can share a batch.</summary>
    public int Shards => ShardsOfPlan().Match(Network().Explain(BatchSize, threads: 1)) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 1;

    /// <summary>
    /// How often processes wait for each other in a step beside the sum of gradients: twice for each batch normalisation, for the losses, and to ask whether the training is to end.
    /// </summary>
    public int Gathers => 2 * Network().Layers.Count(layer => layer.SharesSums) + 2;

    /// <summary>The recipe and the batch, as a word.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Recipe}:{BatchSize}");

    /// <summary>The step that such a word is of.</summary>
    public static TrainingStep Parse(string word) => new(word.Split(':')[0], int.Parse(word.Split(':')[1], CultureInfo.InvariantCulture));

    /// <summary>Trains for some seconds, and returns the median time of a step.</summary>
    public double Measure(ICommunicator communicator, int threads, double seconds)
    {
        Recipe recipe = RecipeBook.Get(Recipe);
        DataSet digits = SyntheticDigits.Generate(Math.Max(BatchSize, 2000), seed: 1);
        Trainer trainer = new(recipe.CreateNetwork(), recipe.Loss, recipe.Optimizer) { Communicator = communicator };
        List<double> steps = [];
        Stopwatch all = Stopwatch.StartNew();
        using CancellationTokenSource enough = new();
        trainer.StepCompleted += step =>
        {
            steps.Add(all.Elapsed.TotalSeconds);
            if (steps.Count > 2 * WarmUp && all.Elapsed.TotalSeconds > seconds)
            {
                enough.Cancel();
            }
        };
        TrainingOptions options = recipe.Training with { Epochs = 100_000, BatchSize = BatchSize, ValidationFraction = 0, DropPartialBatch = true, Threads = threads, RandomNumbers = RandomSource.Philox };
        trainer.Fit(digits, options, cancellation: enough.Token);
        double[] times = [.. steps.Skip(WarmUp).Zip(steps.Skip(WarmUp + 1), (first, second) => second - first).Order()];
        return times[times.Length / 2];
    }

    private Network Network() => RecipeBook.Get(Recipe).CreateNetwork();

    [GeneratedRegex(@"(\d+) shards?\b")]
    private static partial Regex ShardsOfPlan();
}
