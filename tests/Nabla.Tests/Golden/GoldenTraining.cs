using System.Text.Json;

namespace Nabla.Tests.Golden;

/// <summary>
/// The recipe that ships for a reference run's network, made ready to follow that run: with its seed, on the real images,
/// and with initial weights that are the run's. Only the seed and the number of epochs are not the recipe's own.
/// </summary>
internal sealed class GoldenTraining
{
    private static readonly Lazy<TrainAndTest> Mnist = new(() => Nabla.Mnist.Load(Environment.GetEnvironmentVariable("NABLA_DATA")));

    private readonly NumPyRandom _random;

    /// <param name="run">The reference run.</param>
    /// <param name="recipe">The recipe; with another seed, but for what a test says it changes on purpose.</param>
    public GoldenTraining(GoldenRun run, Recipe recipe)
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NABLA_DATA")), "NABLA_DATA is not set: needs the real MNIST files.");
        Recipe = recipe with { Training = recipe.Training with { Seed = run.Seed } };
        _random = new NumPyRandom(run.Seed);
        Data = Recipe.Data.Choose(Mnist.Value, _random);
        Network = Recipe.CreateNetwork();
        Network.Initialize(_random, Recipe.Training.Initialization);
        AssertFirstValues(run);
        Trainer = new Trainer(Network, Recipe.Loss, Recipe.Optimizer);
    }

    public Recipe Recipe { get; }

    public TrainAndTest Data { get; }

    public Network Network { get; }

    public Trainer Trainer { get; }

    /// <summary>The recipe of a run's network: <c>relu_dropout_textbook</c> is followed with <c>relu-dropout</c>.</summary>
    public static Recipe RecipeOf(GoldenRun run) => run.Name == "linear_full_batch"
        ? RecipeBook.Get("linear")
        : RecipeBook.Get(run.Name.Replace("_textbook", "", StringComparison.Ordinal).Replace('_', '-'));

    /// <summary>Trains for the recipe's first epochs.</summary>
    public void Fit(int epochs)
    {
        Assert.InRange(epochs, 1, Recipe.Training.Epochs);
        Trainer.Fit(Data.Train, Recipe.Training with { Epochs = epochs }, _random);
    }

    /// <summary>Calls <paramref name="compare"/> for each epoch that the run has a row of, by the number of the iteration, from 0.</summary>
    public void AtRows(JsonElement[] log, Action<JsonElement, EpochResult> compare) => Trainer.EpochCompleted += epoch =>
    {
        JsonElement row = log.FirstOrDefault(r => r.GetProperty("iteration").GetInt32() == epoch.Epoch - 1);
        if (row.ValueKind == JsonValueKind.Object)
        {
            compare(row, epoch);
        }
    };

    /// <summary>How many of the training images an epoch recognised.</summary>
    public int TrainCorrect(EpochResult epoch)
    {
        int batch = Recipe.Training.BatchSize;
        int seen = Recipe.Training.DropPartialBatch ? Data.Train.Count / batch * batch : Data.Train.Count;
        return (int)Math.Round(epoch.Accuracy!.Value * seen);
    }

    public int TestCorrect() => Network.Evaluate(Data.Test).Correct!.Value;

    /// <summary>The initial values of w1, w2 … (kernels count as the first) and b1, b2 …, rounded to float, are the network's.</summary>
    private void AssertFirstValues(GoldenRun run)
    {
        Parameter[] parameters = [.. Network.Layers.SelectMany(layer => layer.Parameters)];
        Parameter[] weights = [.. parameters.Where(parameter => parameter.Role != ParameterRole.Bias)];
        Parameter[] biases = [.. parameters.Where(parameter => parameter.Role == ParameterRole.Bias)];
        foreach ((string name, double[] drawn) in run.Draws)
        {
            int index = name == "kernels" ? 0 : name[^1] - '1';
            if (name == "kernels" || name[0] is 'w')
            {
                int step = Recipe.Training.Initialization.OutputsFirst ? weights[index].Shape[^1] : 1;
                AssertDrawn(drawn, weights[index], step);
            }
            else if (name[0] is 'b')
            {
                AssertDrawn(drawn, biases[index], step: 1);
            }
        }
        void AssertDrawn(double[] drawn, Parameter parameter, int step)
        {
            float[] ours = parameter.Of(Network.Parameters).ToArray();
            Assert.Equal(drawn.Select(value => (float)value), drawn.Select((_, i) => ours[i * step]));
        }
    }
}
