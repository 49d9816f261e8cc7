using System.Text.Json;
using Nabla.Cli.Reproduction;

namespace Nabla.Cli.Tests.Reproduction;

/// <summary>The figures that stand in notebooks.json, and what is made of them and of ours.</summary>
public sealed class ReproductionTests
{
    private static readonly NotebookFigures Figures = new()
    {
        Recipe = "some",
        Notebook = "002",
        Images = "test images",
        Count = 1000,
        Points = [new(91, 815, 869), new(291, null, 858)],
        Seconds = 41,
        Remark = "Its best row.",
    };

    [Fact]
    public void Every_recipe_of_a_notebook_can_be_reproduced() => Assert.Equal(
        RecipeBook.Names.Where(name => RecipeBook.Get(name).Description.StartsWith("Notebook ", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        NotebookFigures.LoadAll().Select(figures => figures.Recipe).Order(StringComparer.Ordinal));

    [Fact]
    public void Each_point_is_an_epoch_of_the_recipe() => Assert.All(NotebookFigures.LoadAll(), figures =>
    {
        Recipe recipe = RecipeBook.Get(figures.Recipe);
        Assert.StartsWith(figures.Notebook, recipe.Description.Replace("Notebook ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All(figures.Points, point => Assert.InRange(point.Epoch, 1, recipe.Training.Epochs));
        Assert.Equal(figures.Count, recipe.Data.Test.Count ?? 10_000);
        Assert.All(figures.Points.Skip(1), point => Assert.Null(point.Notebook));
        Assert.Contains(figures.Points, point => point.NumPy is not null);
    });

    [Fact]
    public void NumPys_figures_are_those_of_the_reference_runs()
    {
        string? folder = Environment.GetEnvironmentVariable("NABLA_GOLDEN");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "NABLA_GOLDEN does not name the folder of the reference runs.");
        foreach (NotebookFigures figures in NotebookFigures.LoadAll())
        {
            string name = figures.Recipe == "linear" ? "linear_full_batch" : figures.Recipe.Replace('-', '_');
            string textbook = Path.Combine(folder!, $"{name}_textbook.seed1.json");
            string file = File.Exists(textbook) ? textbook : Path.Combine(folder!, $"{name}.seed1.json");
            Assert.SkipUnless(File.Exists(file), $"{file} is not there: NABLA_GOLDEN has no runs with seed 1.");
            using JsonDocument run = JsonDocument.Parse(File.ReadAllText(file));
            foreach (NotebookFigures.Point point in figures.Points.Where(point => point.NumPy is not null))
            {
                Assert.Equal(point.NumPy, Reference(run.RootElement, figures.Recipe, point.Epoch));
            }
        }
    }

    [Fact]
    public void A_row_has_the_own_seed_the_mean_the_range_and_the_median_time()
    {
        ReproductionRow row = new(Figures, [new(1, [810, 860], 3), new(2, [815, 850], 1), new(3, [790, 840], 2)]);
        Assert.Equal(Verdict.Reached, row.Verdict);
        Assert.Equal(
            ["some", "002", "91", "1,000", "815", "869", "3", "810", "805.0", "790", "815", "1 of 3", "2.0 s", "41 s"], ReproductionTable.NotebookCells(row));
        Assert.Equal(["some", "291", "1,000", "858", "3", "860", "850.0", "840", "860", "+2"], ReproductionTable.NumPyCells(row));
        Assert.Equal(["some", "815", "869", "810", "805", "790–815", "1 of 3", "2.0 s"], ReproductionTable.ShortCells(row));
        Assert.Equal(ReproductionTable.NotebookHeadings.Count, ReproductionTable.NotebookCells(row).Count);
        Assert.Equal(ReproductionTable.NumPyHeadings.Count, ReproductionTable.NumPyCells(row).Count);
        Assert.Equal(ReproductionTable.ShortHeadings.Count, ReproductionTable.ShortCells(row).Count);
    }

    [Fact]
    public void One_image_less_with_the_best_seed_is_a_miss()
    {
        ReproductionRow row = new(Figures, [new(1, [814, 999], 1), new(2, [700, 999], 2)]);
        Assert.Equal(Verdict.Missed, row.Verdict);
        Assert.Equal("NONE of 2", ReproductionTable.NotebookCells(row)[^3]);
        Assert.Equal(1.5, row.Seconds);
    }

    [Fact]
    public void A_seed_that_diverges_is_told_and_hides_no_other()
    {
        ReproductionRow row = new(Figures, [new(1, [900, null], 1), new(2, [900, 900], 2)]);
        Assert.Equal(Verdict.Reached, row.Verdict);
        Assert.Equal("2 of 2, 1 diverged", ReproductionTable.NotebookCells(row)[^3]);
        Assert.Equal(["some", "291", "1,000", "858", "2", "–", "900.0", "900", "900", "–"], ReproductionTable.NumPyCells(row));
        ReproductionRow missed = new(Figures, [new(1, [null, null], 1), new(2, [700, 900], 2)]);
        Assert.Equal(Verdict.Missed, missed.Verdict);
        Assert.Equal("NONE of 2, 1 diverged", ReproductionTable.NotebookCells(missed)[^3]);
        ReproductionRow all = new(Figures, [new(1, [null, null], 1)]);
        Assert.Equal(Verdict.Diverged, all.Verdict);
        Assert.Equal(["some", "815", "869", "–", "–", "–", "diverged", "1.0 s"], ReproductionTable.ShortCells(all));
    }

    [Fact]
    public void Without_a_figure_of_the_notebook_nothing_is_claimed()
    {
        NotebookFigures none = Figures with { Points = [new(100, null, 725)] };
        ReproductionRow row = new(none, [new(1, [725], 12.4)]);
        Assert.Equal(Verdict.NoFigure, row.Verdict);
        Assert.Equal(["some", "002", "100", "1,000", "–", "725", "1", "725", "725.0", "725", "725", "none printed", "12 s", "41 s"], ReproductionTable.NotebookCells(row));
    }

    [Fact]
    public void The_page_has_a_line_for_each_recipe_and_says_when_it_is_not_finished()
    {
        ReproductionRow row = new(Figures, [new(1, [815, 860], 3)]);
        string page = ReproductionPage.Create([row], asked: 2, "nabla reproduce --seeds 1", new DateOnly(2026, 11, 23));
        Assert.Contains("Made by `nabla reproduce --seeds 1` on 2026-11-23", page, StringComparison.Ordinal);
        Assert.Contains("**Not finished: 1 of 2 recipes.**", page, StringComparison.Ordinal);
        Assert.Contains("| some | 002 | 91 | 1,000 | 815 | 869 | 1 | 815 | 815.0 | 815 | 815 | 1 of 1 | 3.0 s | 41 s |\n", page, StringComparison.Ordinal);
        Assert.Contains("- **some**, of 1,000 test images. Its best row.\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Not finished", ReproductionPage.Create([row], asked: 1, "c", new DateOnly(2026, 11, 23)), StringComparison.Ordinal);
    }

    /// <summary>Images that a reference run recognises after an epoch, from wherever its file has that.</summary>
    private static int Reference(JsonElement run, string recipe, int epoch)
    {
        JsonElement final = run.GetProperty("final");
        return recipe switch
        {
            "linear" => final.GetProperty("1e-05").GetInt32(),
            "relu-softmax-full-batch" => final.GetProperty("dev_correct_per_unit").GetInt32(),
            "relu-softmax-class" => final.GetProperty("test_correct").GetInt32(),
            "deep-sigmoid" => Row("step", epoch * 2000),
            "quadratic-sgd" => Row("epoch", epoch),
            _ => Row("iteration", epoch - 1),
        };

        int Row(string name, int value) => run.GetProperty("log").EnumerateArray()
            .Single(row => row.TryGetProperty(name, out JsonElement at) && at.GetInt32() == value).GetProperty("test_correct").GetInt32();
    }
}
