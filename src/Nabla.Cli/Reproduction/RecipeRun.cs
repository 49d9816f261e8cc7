using System.Diagnostics;
using System.Text.Json.Serialization;
using Nabla.Cli.Display;

namespace Nabla.Cli.Reproduction;

/// <summary>One training of a recipe, measured where there are figures to compare with.</summary>
/// <param name="Seed">The seed it was trained with.</param>
/// <param name="Correct">Images recognised at each point; null where the run diverged before it.</param>
/// <param name="Seconds">Time of the training, without the measuring.</param>
internal sealed record RecipeRun(uint Seed, IReadOnlyList<int?> Correct, double Seconds)
{
    /// <summary>Whether the loss became infinite or not a number.</summary>
    [JsonIgnore]
    public bool Diverged => Correct.Contains(null);

    /// <summary>Trains a recipe to its end.</summary>
    /// <param name="recipe">The recipe; its own seed is not used.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="figures">What is measured, and when.</param>
    /// <param name="data">The whole data set.</param>
    /// <param name="display">Listens to the training.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ArgumentException">The data is not of the size that the figures are of.</exception>
    public static RecipeRun Train(
        Recipe recipe, uint seed, NotebookFigures figures, TrainAndTest data, ReproductionDisplay display, CancellationToken cancellation)
    {
        RecipeTraining training = (recipe with { Training = recipe.Training with { Seed = seed } }).Prepare(data);
        TrainAndTest chosen = training.Data;
        if (chosen.Test.Count != figures.Count)
        {
            throw new ArgumentException(
                $"{recipe.Name}: the notebook's figure is of {figures.Count} {figures.Images}, but {data.Source} has {chosen.Test.Count}; use --data mnist, or name recipes that fit.");
        }
        Network network = training.Network;
        int?[] correct = new int?[figures.Points.Count];
        Stopwatch clock = new();
        training.Trainer.StepCompleted += step => display.Show(recipe.Name, seed, step);
        training.Trainer.EpochCompleted += epoch =>
        {
            clock.Stop();
            for (int i = 0; i < correct.Length; i++)
            {
                if (figures.Points[i].Epoch == epoch.Epoch)
                {
                    correct[i] = network.Evaluate(chosen.Test).Correct;
                }
            }
            clock.Start();
        };
        clock.Start();
        try
        {
            training.Fit(cancellation);
        }
        catch (TrainingDivergedException)
        {
            // That is a result, too: the point's figure stays null.
        }
        cancellation.ThrowIfCancellationRequested();
        return new RecipeRun(seed, correct, clock.Elapsed.TotalSeconds);
    }
}
