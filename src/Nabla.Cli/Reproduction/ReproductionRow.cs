using System.Text.Json.Serialization;

namespace Nabla.Cli.Reproduction;

/// <summary>What came of one recipe, trained with several seeds.</summary>
internal sealed class ReproductionRow
{
    private readonly IReadOnlyList<RecipeRun> _runs;

    /// <param name="figures">What to compare with.</param>
    /// <param name="runs">One run a seed, at least one; the first has the recipe's own seed.</param>
    public ReproductionRow(NotebookFigures figures, IReadOnlyList<RecipeRun> runs)
    {
        _runs = runs;
        Figures = figures;
        Points = [.. figures.Points.Select((point, i) => new Measured(point, [.. runs.Select(run => run.Correct[i])]))];
    }

    public NotebookFigures Figures { get; }

    /// <summary>What was measured at each point of <see cref="NotebookFigures.Points"/>.</summary>
    public IReadOnlyList<Measured> Points { get; }

    public Verdict Verdict =>
        _runs.All(run => run.Diverged) ? Verdict.Diverged
        : Points[0].Point.Notebook is not int notebook ? Verdict.NoFigure
        : Points[0].Highest >= notebook ? Verdict.Reached
        : Verdict.Missed;

    /// <summary>How many seeds' runs diverged.</summary>
    public int SeedsThatDiverge => _runs.Count(run => run.Diverged);

    /// <summary>With how many seeds it was trained.</summary>
    public int Seeds => _runs.Count;

    /// <summary>How many of them recognise at least as many images as the notebook says that it did; 0 where it says nothing.</summary>
    public int SeedsThatReach => Points[0].Correct.Count(correct => correct >= Points[0].Point.Notebook);

    /// <summary>Median time of a training, in seconds.</summary>
    public double Seconds
    {
        get
        {
            double[] sorted = [.. _runs.Select(run => run.Seconds).Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    /// <summary>Images recognised at one point.</summary>
    /// <param name="Point">The point.</param>
    /// <param name="Correct">Of each seed, the recipe's own first; null where it diverged.</param>
    internal sealed record Measured(NotebookFigures.Point Point, IReadOnlyList<int?> Correct)
    {
        /// <summary>That of the recipe's own seed.</summary>
        public int? OwnSeed => Correct[0];

        /// <summary>Over the seeds that did not diverge, as are the following.</summary>
        public double? Mean => Correct.Average();

        public int? Lowest => Correct.Min();

        public int? Highest => Correct.Max();
    }
}

/// <summary>Whether a recipe comes up to its notebook.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
internal enum Verdict
{
    /// <summary>The best seed recognises at least as many images as the notebook says that it did.</summary>
    Reached,

    /// <summary>Every seed recognises fewer.</summary>
    Missed,

    /// <summary>Every seed's run diverged.</summary>
    Diverged,

    /// <summary>The notebook prints no figure.</summary>
    NoFigure,
}
