using System.Text.Json;

namespace Nabla.Cli.Reproduction;

/// <summary>
/// What is known of one recipe from elsewhere: the figures that its notebook prints and those of the NumPy reference run
/// with seed 1. They stand in <c>notebooks.json</c>, not in the recipe: a recipe that someone copies and changes is
/// the notebook's no longer.
/// </summary>
internal sealed record NotebookFigures
{
    /// <summary>Name of the recipe.</summary>
    public required string Recipe { get; init; }

    /// <summary>Number of the notebook.</summary>
    public required string Notebook { get; init; }

    /// <summary>Which images are counted when they are recognised.</summary>
    public required string Images { get; init; }

    /// <summary>How many images that is.</summary>
    public required int Count { get; init; }

    /// <summary>Where in the run there are figures; the first is the notebook's where it prints one.</summary>
    public required IReadOnlyList<Point> Points { get; init; }

    /// <summary>How long the notebook says that its training took; null where it does not say.</summary>
    public double? Seconds { get; init; }

    /// <summary>Where the figure stands, and what makes the notebook's run differ from ours.</summary>
    public required string Remark { get; init; }

    /// <summary>Figures after an epoch, from 1.</summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Notebook">Images that the notebook recognises; null where it prints no figure.</param>
    /// <param name="NumPy">Images that the reference run recognises, by the textbook's gradient; null where it has no row.</param>
    internal sealed record Point(int Epoch, int? Notebook, int? NumPy);

    /// <summary>The figures of all recipes that come from notebooks, in the notebooks' order.</summary>
    public static IReadOnlyList<NotebookFigures> LoadAll()
    {
        using Stream stream = typeof(NotebookFigures).Assembly.GetManifestResourceStream("notebooks.json")!;
        return JsonSerializer.Deserialize(stream, ReproductionJson.Default.IReadOnlyListNotebookFigures)!;
    }

    /// <summary>The figures of the recipes that are named, in the notebooks' order; of all where none is.</summary>
    /// <exception cref="ArgumentException">A name is not that of a recipe, or not of one from a notebook.</exception>
    public static IReadOnlyList<NotebookFigures> Load(IReadOnlyCollection<string> names)
    {
        IReadOnlyList<NotebookFigures> all = LoadAll();
        foreach (string name in names.Except(all.Select(figures => figures.Recipe)))
        {
            // Explains a name that is misspelt.
            RecipeBook.Get(name);
            throw new ArgumentException($"'{name}' is from no notebook: there is nothing to reproduce. 'nabla train {name}' trains it.");
        }
        return names.Count == 0 ? all : [.. all.Where(figures => names.Contains(figures.Recipe))];
    }
}
