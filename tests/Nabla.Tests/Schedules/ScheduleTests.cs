namespace Nabla.Tests.Schedules;

public sealed class ScheduleTests
{
    [Fact]
    public void Constant_changes_nothing() => Assert.Equal([0.5, 0.5, 0.5], new long[] { 0, 3, 9 }.Select(step => Schedule.Constant.Rate(0.5, 1, step, 10)));

    [Fact]
    public void Linear_falls_evenly_and_never_reaches_zero() =>
        Assert.Equal([2, 1.5, 1, 0.5], new long[] { 0, 1, 2, 3 }.Select(step => Schedule.Linear.Rate(2, 1, step, 4)));

    [Fact]
    public void Phases_follow_each_other_and_the_last_goes_on()
    {
        Schedule phases = Schedule.InPhases((2, 2.0), (1, 0.4), (3, 0.01));
        Assert.Equal([2, 2, 0.4, 0.01, 0.01, 0.01, 0.01], Enumerable.Range(1, 7).Select(epoch => phases.Rate(99, epoch, 0, 100)));
    }

    [Fact]
    public void Step_falls_every_so_many_epochs()
    {
        Schedule step = Schedule.Step(3, 0.5);
        Assert.Equal([8, 8, 8, 4, 4, 4, 2], Enumerable.Range(1, 7).Select(epoch => step.Rate(8, epoch, 0, 100)));
        Assert.Equal(Math.Pow(0.9, 999), Schedule.Step(1, 0.9).Rate(1, 1000, 0, 1), 1e-12);
    }

    [Fact]
    public void Cosine_falls_as_published()
    {
        for (int step = 0; step < 50; step++)
        {
            Assert.Equal(2 * (0.1 + 0.9 * (1 + Math.Cos(Math.PI * step / 50)) / 2), Schedule.Cosine(0.1).Rate(2, 1, step, 50), 1e-14);
        }
        Assert.Equal((2, 1), (Schedule.Cosine().Rate(2, 1, 0, 50), Schedule.Cosine().Rate(2, 1, 25, 50)));
    }

    [Fact]
    public void One_cycle_rises_to_the_rate_and_falls()
    {
        foreach (RateCurve form in Enum.GetValues<RateCurve>())
        {
            Schedule cycle = Schedule.OneCycle(0.3, form);
            double[] rates = [.. Enumerable.Range(0, 100).Select(step => cycle.Rate(5, 1, step, 100))];
            Assert.Equal(0.2, rates[0], 1e-12);
            Assert.Equal(5, rates[30], 1e-12);
            Assert.Equal(rates.Order().Take(1), [rates[99]]);
            Assert.All(Enumerable.Range(1, 30), i => Assert.True(rates[i] > rates[i - 1]));
            Assert.All(Enumerable.Range(31, 69), i => Assert.True(rates[i] < rates[i - 1]));
            // Half way up and down, both forms are half way between the rates.
            Assert.Equal((0.2 + 5) / 2, rates[15], 1e-12);
            Assert.Equal((5 + 5 * 0.000004) / 2, rates[65], 1e-12);
        }
        Assert.Equal(5, Schedule.OneCycle(0).Rate(5, 1, 0, 100), 1e-12);
    }

    [Fact]
    public void Warm_up_leads_to_another_schedule()
    {
        Schedule warm = Schedule.WarmUp(4, Schedule.Linear);
        Assert.Equal([0.5, 1, 1.5, 2, 2, 1.5, 1, 0.5], Enumerable.Range(0, 8).Select(step => warm.Rate(2, 1, step, 8)));
        // Shorter than its warm-up.
        Assert.Equal([0.5, 1], Enumerable.Range(0, 2).Select(step => warm.Rate(2, 1, step, 2)));
        Assert.Equal(3, Schedule.WarmUp(1).Rate(3, 1, 0, 2));
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Step(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Step(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Step(1, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Cosine(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.OneCycle(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.OneCycle(0.5, (RateCurve)7));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OneCycleSchedule { InitialFraction = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.WarmUp(0));
        Assert.Throws<ArgumentException>(() => Schedule.WarmUp(1, Schedule.WarmUp(1)));
    }

    [Fact]
    public void Phases_must_be_some_and_each_right()
    {
        Assert.Throws<ArgumentException>(() => Schedule.InPhases());
        Assert.Throws<ArgumentException>(() => new PhaseSchedule { Phases = [null!] });
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.InPhases((0, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.InPhases((1, -1)));
    }
}
