using Nabla.Cli.Display;

namespace Nabla.Cli.Tests.Display;

public sealed class TrainingProgressTests
{
    [Theory]
    [InlineData(10, 0, "0:00 left")]
    [InlineData(10, 1, "0:00 left")]
    [InlineData(10, 0.5, "0:10 left")]
    [InlineData(0.1, 0.5, "0:01 left")]
    [InlineData(3599, 0.5, "59:59 left")]
    [InlineData(3600, 0.5, "1:00:00 left")]
    [InlineData(25.5 * 3600, 0.5, "25:30:00 left")]
    [InlineData(1000.25 * 3600, 0.5, "1000:15:00 left")]
    [InlineData(1, 1e-9, "over 9,999 hours left")]
    [InlineData(1, 1e-300, "over 9,999 hours left")]
    [InlineData(1, double.Epsilon, "over 9,999 hours left")]
    public void Time_that_remains(double elapsedSeconds, double share, string expected) =>
        Assert.Equal(expected, TrainingProgress.DescribeRemaining(TimeSpan.FromSeconds(elapsedSeconds), share));
}
