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
    public void Phases_must_be_some_and_each_right()
    {
        Assert.Throws<ArgumentException>(() => Schedule.InPhases());
        Assert.Throws<ArgumentException>(() => new PhaseSchedule { Phases = [null!] });
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.InPhases((0, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.InPhases((1, -1)));
    }
}
