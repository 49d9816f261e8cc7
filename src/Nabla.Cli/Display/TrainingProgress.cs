using System.Diagnostics;
using System.Globalization;

namespace Nabla.Cli.Display;

/// <summary>Where a training stands, in numbers that both displays show.</summary>
/// <param name="unit">What samples are called.</param>
internal sealed class TrainingProgress(string unit = "images")
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _samples;
    private long _steps;
    private double _share;

    /// <summary>The last finished epoch, or null.</summary>
    public EpochResult? LastEpoch { get; private set; }

    public StepResult LastStep { get; private set; }

    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Share of all steps that are done, 0 to 1.</summary>
    public double Share => _share;

    /// <summary>Images learnt from per second since the beginning.</summary>
    public double ImagesPerSecond => _samples / _clock.Elapsed.TotalSeconds;

    public void Add(StepResult step)
    {
        LastStep = step;
        _samples += step.Samples;
        _steps++;
        _share = ((double)step.Step / step.Steps + step.Epoch - 1) / step.Epochs;
    }

    public void Add(EpochResult epoch) => LastEpoch = epoch;

    /// <summary>Four decimals, or powers of ten for a loss that runs away; as <see cref="EpochResult"/> prints it.</summary>
    public static string FormatLoss(double loss) => loss.ToString(loss < 1e6 ? "F4" : "E2", CultureInfo.InvariantCulture);

    /// <summary><c>118,000 images/s  1,840 steps/s  0:42 left</c>.</summary>
    public string DescribePace() => $"{DescribeSpeed()}  {DescribeSteps()}  {DescribeRemaining()}";

    /// <summary><c>118,000 images/s</c>.</summary>
    public string DescribeSpeed() => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(ImagesPerSecond / 100) * 100:N0} {unit}/s");

    /// <summary><c>1,840 steps/s</c>.</summary>
    public string DescribeSteps() => string.Create(CultureInfo.InvariantCulture, $"{_steps / _clock.Elapsed.TotalSeconds:N0} steps/s");

    /// <summary><c>0:42 left</c>.</summary>
    public string DescribeRemaining() => DescribeRemaining(_clock.Elapsed, _share);

    /// <summary><c>0:42 left</c>, <c>25:30:00 left</c>, or <c>over 9,999 hours left</c> where nobody will wait for it.</summary>
    /// <param name="elapsed">Time since the beginning.</param>
    /// <param name="share">Share of all steps that are done, 0 to 1.</param>
    public static string DescribeRemaining(TimeSpan elapsed, double share)
    {
        const double MaxHours = 9_999;
        double seconds = share == 0 ? 0 : Math.Ceiling(elapsed.TotalSeconds * ((1 - share) / share));
        if (seconds > MaxHours * 3600)
        {
            return string.Create(CultureInfo.InvariantCulture, $"over {MaxHours:N0} hours left");
        }
        TimeSpan left = TimeSpan.FromSeconds(seconds);
        return left.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalHours}:{left:mm\\:ss} left")
            : string.Create(CultureInfo.InvariantCulture, $"{left:m\\:ss} left");
    }
}
