using Nabla.Cli.Studies;

namespace Nabla.Cli.Tests;

/// <summary>Ranks, means and correlations, by hand.</summary>
public sealed class StudyAnalysisTests
{
    [Fact]
    public void Spearman_is_the_correlation_of_ranks()
    {
        Assert.Equal(1, StudyAnalysis.Spearman([1, 2, 3, 4], [0.1, 0.2, 30, 31]), 1e-12);
        Assert.Equal(-1, StudyAnalysis.Spearman([1, 2, 3, 4], [4, 3, 2, 1]), 1e-12);
        // Ranks 1 2 3 4 5 and 2 1 4 3 5: 1 − 6·4 / (5·24).
        Assert.Equal(0.8, StudyAnalysis.Spearman([1, 2, 3, 4, 5], [20, 10, 40, 30, 50]), 1e-12);
        // Equal ones share their ranks: 1.5 1.5 3 and 1 2 3.
        Assert.Equal(Math.Sqrt(0.75), StudyAnalysis.Spearman([7, 7, 9], [1, 2, 3]), 1e-12);
        Assert.Equal(double.NaN, StudyAnalysis.Spearman([1, 1, 1], [1, 2, 3]));
    }

    [Fact]
    public void Combinations_are_ranked_by_the_mean_over_their_seeds_and_options_by_the_range_of_means()
    {
        Study study = Study.Parse("""{ "recipe": "dense", "vary": { "training.batchSize": [32, 64], "layers[0].units": [8, 16] }, "seeds": 2 }""", "study");
        double[] figures = [0.90, 0.92, 0.95, 0.93, 0.80, 0.84, 0.99, double.NaN];
        StudyAnalysis analysis = StudyAnalysis.Of(study, [.. study.Runs.Select(run => new RunStatus(run, run.Index == 7 ? RunState.Diverged : RunState.Done) { Measure = figures[run.Index], Epoch = 10 })]);
        Assert.True(analysis.IsDone);
        Assert.Equal([3, 1, 0, 2], analysis.Combinations.Select(combination => combination.Number));
        Assert.Equal([1, 2, 2, 2], analysis.Combinations.Select(combination => combination.Done));
        Assert.Equal("94.00% ± 1.41%", analysis.Combinations[1].Figure(study));
        Assert.Equal("99.00%", analysis.Best!.Figure(study));
        Assert.Equal("training.batchSize 64, layers[0].units 16", analysis.Best.Values);
        // (0.95 + 0.93 + 0.99) / 3 − (0.90 + 0.92 + 0.80 + 0.84) / 4, and (0.90 + 0.92 + 0.95 + 0.93) / 4 − (0.80 + 0.84 + 0.99) / 3.
        Assert.Equal(["layers[0].units", "training.batchSize"], analysis.Options.Select(option => option.Path));
        Assert.Equal(2.87 / 3 - 3.46 / 4, analysis.Options[0].Spread, 1e-12);
        Assert.Equal(3.70 / 4 - 2.63 / 3, analysis.Options[1].Spread, 1e-12);
        Assert.Equal([("32", 4), ("64", 3)], analysis.Options[1].Means.Select(mean => (mean.Value, mean.Runs)));
    }

    [Fact]
    public void Drawn_numbers_are_ranked_and_runs_under_a_rule_compared_at_the_first_rung()
    {
        Study study = Study.Parse("""
            { "recipe": "dense", "vary": { "training.l2": { "type": "uniform", "low": 0, "high": 1 } }, "trials": 12, "rule": { "type": "halving", "epochs": 2 }, "measure": "validationLoss" }
            """, "study");
        StudyAnalysis analysis = StudyAnalysis.Of(study, [.. study.Runs.Select(run => new RunStatus(run, run.Index == 0 ? RunState.Done : RunState.StoppedEarly)
        {
            Measure = 0.001,
            Epoch = run.Index == 0 ? 10 : 2,
            Epochs = [new EpochResult(1, 1, 0.5, 9, 0.1), new EpochResult(2, 1, 0.5, run.Recipe.Training.L2, 0.5), .. run.Index == 0 ? [new EpochResult(3, 1, 0.5, 100, 0.9)] : (EpochResult[])[]],
        })]);
        OptionInfluence option = Assert.Single(analysis.Options);
        Assert.Equal(1, option.RankCorrelation!.Value, 1e-12);
        Assert.Equal(2, analysis.ComparedAfter);
        Assert.Contains("after 2 epochs", analysis.Method, StringComparison.Ordinal);
        Assert.Equal(0, analysis.Combinations[0].Number);
    }
}
