namespace Nabla.Tests.Studies;

/// <summary>Which runs go on from a rung.</summary>
public sealed class PromotionTests
{
    // Rungs at 1, 3 and 9 of 20 epochs.
    private static Study Nine(string rule, string measure = "validationAccuracy") =>
        Study.Parse($$"""{ "recipe": { "name": "x", "layers": [{ "type": "dense", "units": 10 }], "training": { "epochs": 20 } }, "rule": { "type": "{{rule}}" }, "seeds": 9, "measure": "{{measure}}" }""", "study");

    [Fact]
    public void Halving_waits_for_all_and_takes_the_best_third()
    {
        Study study = Nine("halving");
        RungProgress[] runs = [.. Enumerable.Range(0, 9).Select(_ => Progress())];
        Assert.All(Enumerable.Range(0, 9), run => Assert.Equal(0, new Promotions(study, runs).Allowed(run)));
        double[] figures = [0.1, 0.9, 0.3, 0.9, 0.2, 0.5, 0.4, 0.6, 0];
        for (int run = 0; run < 8; run++)
        {
            runs[run] = Progress(figures[run]);
            Assert.All(Enumerable.Range(0, 9), other => Assert.Equal(0, new Promotions(study, runs).Allowed(other)));
        }
        // One that failed counts as one that was there, and as the worst.
        runs[8] = Progress() with { IsOver = true };
        Promotions first = new(study, runs);
        Assert.Equal([0, 1, 0, 1, 0, 0, 0, 1, 0], Enumerable.Range(0, 9).Select(first.Allowed));
        Assert.Equal([true, false, true, false, true, true, true, false, false], Enumerable.Range(0, 9).Select(first.IsStopped));

        runs[1] = Progress(0.9, 0.91);
        runs[7] = Progress(0.6, 0.95);
        Assert.Equal([1, 1, 1], new[] { 1, 3, 7 }.Select(new Promotions(study, runs).Allowed));
        runs[3] = Progress(0.9, 0.95);
        Promotions second = new(study, runs);
        // Of two equals the first.
        Assert.Equal([1, 2, 1], new[] { 1, 3, 7 }.Select(second.Allowed));
        runs[3] = Progress(0.9, 0.95, 0.96);
        // The last rung never lets nobody through.
        Assert.Equal(3, new Promotions(study, runs).Allowed(3));
    }

    [Fact]
    public void A_loss_is_the_better_the_smaller_it_is()
    {
        Study study = Nine("halving", "validationLoss");
        Promotions promotions = new(study, [.. Enumerable.Range(0, 9).Select(run => Progress(run + 1.0))]);
        Assert.Equal([1, 1, 1, 0, 0, 0, 0, 0, 0], Enumerable.Range(0, 9).Select(promotions.Allowed));
    }

    [Fact]
    public void Asha_lets_the_best_third_of_those_that_are_there_go_on_and_never_takes_it_back()
    {
        Study study = Nine("asha");
        RungProgress[] runs = [.. Enumerable.Range(0, 9).Select(_ => Progress())];
        runs[0] = Progress(0.1);
        runs[1] = Progress(0.2);
        Assert.All(Enumerable.Range(0, 9), run => Assert.Equal(0, new Promotions(study, runs).Allowed(run)));
        runs[2] = Progress(0.15);
        Assert.Equal([0, 1, 0], Enumerable.Range(0, 3).Select(new Promotions(study, runs).Allowed));
        // Better ones come, but this one has gone on.
        runs[1] = Progress(0.2) with { Promoted = 1 };
        runs[3] = Progress(0.8);
        runs[4] = Progress(0.9);
        Promotions now = new(study, runs);
        Assert.Equal([0, 1, 0, 0, 1], Enumerable.Range(0, 5).Select(now.Allowed));
        Assert.All(Enumerable.Range(0, 9), run => Assert.False(now.IsStopped(run)));
        for (int run = 5; run < 9; run++)
        {
            runs[run] = Progress(0.01 * run);
        }
        now = new Promotions(study, runs);
        Assert.Equal([0, 1, 0, 1, 1, 0, 0, 0, 0], Enumerable.Range(0, 9).Select(now.Allowed));
        Assert.Equal([true, false, true, false, false, true, true, true, true], Enumerable.Range(0, 9).Select(now.IsStopped));
    }

    private static RungProgress Progress(params double[] figures) => new(
        [.. figures.Select((figure, i) => new RunRecord { State = RunState.Paused, Epochs = [], Best = new EpochResult(1, 0, 0, figure, figure), Seconds = 0, Claim = 1 })],
        Promoted: 0, IsOver: false);
}
