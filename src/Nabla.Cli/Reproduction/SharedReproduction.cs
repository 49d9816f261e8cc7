using System.Globalization;
using System.Text.Json;
using Nabla.Cli.Display;

namespace Nabla.Cli.Reproduction;

/// <summary>Trainings of <c>nabla reproduce</c> that several processes share by a folder, and that stay there.</summary>
internal sealed class SharedReproduction
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60), Wait = TimeSpan.FromSeconds(1);

    // Enough of a hash that results on one data set are not taken for those on another.
    private const int HashLength = 12;

    private readonly SharedTasks _tasks;
    private readonly TrainAndTest _data;
    private readonly string _hash;

    /// <param name="folder">The folder.</param>
    /// <param name="data">What is trained on.</param>
    public SharedReproduction(string folder, TrainAndTest data)
    {
        _tasks = new SharedTasks(folder, Lease);
        _data = data;
        _hash = data.Train.Fingerprint()[..HashLength];
    }

    /// <summary>Trains what nobody else trains, and waits for what others do.</summary>
    /// <param name="wanted">Recipes, and what is measured of each.</param>
    /// <param name="most">The most seeds of one.</param>
    /// <param name="isEnough">Whether the trainings of a recipe, seed by seed from 1, are enough.</param>
    /// <param name="display">Listens to the trainings.</param>
    /// <param name="finished">A recipe has all its trainings, in the order of the recipes.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Train(
        IReadOnlyList<NotebookFigures> wanted, int most, Func<IReadOnlyList<RecipeRun>, bool> isEnough, ReproductionDisplay display, Action<ReproductionRow> finished, CancellationToken cancellation)
    {
        int done = 0;
        while (done < wanted.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Known(wanted[done], most, isEnough) is { } runs)
            {
                display.Skip(most - runs.Count);
                finished(new ReproductionRow(wanted[done++], runs));
            }
            else if (!wanted.Skip(done).Any(figures => TrainOne(figures, most, isEnough, display, cancellation)))
            {
                cancellation.WaitHandle.WaitOne(Wait);
            }
        }
    }

    /// <summary>The trainings of a recipe, as many as are enough; null where one is missing.</summary>
    private List<RecipeRun>? Known(NotebookFigures figures, int most, Func<IReadOnlyList<RecipeRun>, bool> isEnough)
    {
        List<RecipeRun> runs = [];
        for (uint seed = 1; seed <= most && !isEnough(runs); seed++)
        {
            if (ResultOf(figures, seed) is not RecipeRun run)
            {
                return null;
            }
            runs.Add(run);
        }
        return runs;
    }

    /// <summary>Trains a recipe with the first seed that nobody has trained or is training.</summary>
    /// <returns>Whether there was one.</returns>
    private bool TrainOne(NotebookFigures figures, int most, Func<IReadOnlyList<RecipeRun>, bool> isEnough, ReproductionDisplay display, CancellationToken cancellation)
    {
        if (Known(figures, most, isEnough) is not null)
        {
            return false;
        }
        Recipe recipe = RecipeBook.Get(figures.Recipe);
        for (uint seed = 1; seed <= most; seed++)
        {
            bool isOurs = _tasks.TryDo(NameOf(figures, seed), stop =>
            {
                RecipeRun run = RecipeRun.Train(recipe, seed, figures, _data, display, stop);
                display.Finish(figures, run);
                return JsonSerializer.Serialize(run, ReproductionJson.Default.RecipeRun);
            }, cancellation);
            if (isOurs)
            {
                return true;
            }
        }
        return false;
    }

    private RecipeRun? ResultOf(NotebookFigures figures, uint seed)
    {
        string name = NameOf(figures, seed);
        try
        {
            return _tasks.ResultOf(name) is string text ? JsonSerializer.Deserialize(text, ReproductionJson.Default.RecipeRun) : null;
        }
        catch (JsonException exception)
        {
            throw new MalformedFileException(name, "is no result of a training, expected what 'nabla reproduce' wrote; delete it from the folder.", -1, exception);
        }
    }

    private string NameOf(NotebookFigures figures, uint seed) => string.Create(CultureInfo.InvariantCulture, $"{figures.Recipe}-{seed}-{_hash}");
}
