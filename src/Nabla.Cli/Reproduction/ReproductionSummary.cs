using System.Text.Json.Serialization;

namespace Nabla.Cli.Reproduction;

/// <summary>What <c>nabla reproduce</c> found, for --json.</summary>
internal sealed record ReproductionSummary
{
    /// <summary>What was trained on.</summary>
    public required string Data { get; init; }

    /// <summary>Whether Ctrl-C ended it early; the recipes are those that were finished.</summary>
    public required bool Cancelled { get; init; }

    public required IReadOnlyList<RecipeSummary> Recipes { get; init; }

    /// <summary>One recipe.</summary>
    /// <param name="Recipe">Its name.</param>
    /// <param name="Notebook">Number of its notebook.</param>
    /// <param name="Images">Which images are counted.</param>
    /// <param name="Count">How many they are.</param>
    /// <param name="Verdict">Whether it comes up to its notebook.</param>
    /// <param name="Seeds">With how many seeds it was trained, from 1.</param>
    /// <param name="SeedsThatReach">How many of them have the notebook's figure.</param>
    /// <param name="SeedsThatDiverge">How many of them diverged.</param>
    /// <param name="Seconds">Median time of a training.</param>
    /// <param name="NotebookSeconds">The time that the notebook says, or null.</param>
    /// <param name="Points">Where in the run something was measured.</param>
    internal sealed record RecipeSummary(
        string Recipe, string Notebook, string Images, int Count, Verdict Verdict, int Seeds, int SeedsThatReach, int SeedsThatDiverge, double Seconds, double? NotebookSeconds, IReadOnlyList<PointSummary> Points);

    /// <summary>Images recognised after an epoch: the notebook's, NumPy's, and ours seed by seed from seed 1 (null: diverged).</summary>
    internal sealed record PointSummary(int Epoch, int? Notebook, int? NumPy, IReadOnlyList<int?> Correct, double? Mean);

    public static ReproductionSummary Create(IReadOnlyList<ReproductionRow> rows, string data, bool cancelled) => new()
    {
        Data = data,
        Cancelled = cancelled,
        Recipes =
        [
            .. rows.Select(row => new RecipeSummary(
                row.Figures.Recipe, row.Figures.Notebook, row.Figures.Images, row.Figures.Count, row.Verdict, row.Seeds, row.SeedsThatReach, row.SeedsThatDiverge, Math.Round(row.Seconds, 3), row.Figures.Seconds,
                [.. row.Points.Select(point => new PointSummary(point.Point.Epoch, point.Point.Notebook, point.Point.NumPy, point.Correct, point.Mean))])),
        ],
    };
}

/// <summary>Reads the notebooks' figures and writes what came of them, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<NotebookFigures>))]
[JsonSerializable(typeof(ReproductionSummary))]
[JsonSerializable(typeof(RecipeRun))]
internal sealed partial class ReproductionJson : JsonSerializerContext;
