namespace Nabla.Tests.Schedules;

public sealed class ScheduleTests
{
    [Fact]
    public void Constant_changes_nothing() => Assert.Equal([1, 1, 1], new long[] { 0, 3, 9 }.Select(step => Schedule.Constant.Factor(step, 10)));

    [Fact]
    public void Linear_falls_evenly_and_never_reaches_zero() =>
        Assert.Equal([1, 0.75, 0.5, 0.25], new long[] { 0, 1, 2, 3 }.Select(step => Schedule.Linear.Factor(step, 4)));
}
