using System.Diagnostics;

namespace Nabla.Samples.Browser;

/// <summary>The training of a small network on built-in digits, in pieces so short that the page stays alive.</summary>
/// <param name="changed">Called when there is something new to show.</param>
internal sealed class Lesson(Action changed)
{
    public const int Samples = 2000, TestSamples = 300, Epochs = 8;
    private const int SamplesAtOnce = 50, BatchSize = 32;

    // A frame of the screen is 16 ms; a step of this network takes about as long.
    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(40);

    private readonly Stopwatch _clock = new();
    private DataSet? _data;
    private bool _isStopped;

    /// <summary>What is going on, in words.</summary>
    public string Status { get; private set; } = "Not trained yet.";

    public bool IsRunning { get; private set; }

    /// <summary>The network, once it has learnt something.</summary>
    public Network? Network { get; private set; }

    /// <summary>Losses of the steps, each a mean of those before.</summary>
    public List<double> Losses { get; } = [];

    /// <summary>How many of the test digits were read right after each epoch, 0 to 1.</summary>
    public List<double> Accuracies { get; } = [];

    public static int Steps => Epochs * ((Samples + BatchSize - 1) / BatchSize);

    /// <summary>Ends it soon, with what was learnt until then.</summary>
    public void Stop() => _isStopped = true;

    public async Task RunAsync()
    {
        (IsRunning, _isStopped) = (true, false);
        Losses.Clear();
        Accuracies.Clear();
        _clock.Restart();
        _data ??= await DrawAsync();
        Status = _data is null ? "Stopped before there was anything to learn from." : await TrainAsync(_data);
        IsRunning = false;
        changed();
    }

    private async Task<DataSet?> DrawAsync()
    {
        DataSet digits = SyntheticDigits.Generate(SamplesAtOnce, seed: 0);
        for (uint seed = 1; digits.Count < Samples + TestSamples; seed++)
        {
            digits = digits.Append(SyntheticDigits.Generate(SamplesAtOnce, seed));
            Status = $"Drawing digits to learn from: {digits.Count:N0} of {Samples + TestSamples:N0}";
            await PauseAsync();
            if (_isStopped)
            {
                return null;
            }
        }
        return digits;
    }

    private async Task<string> TrainAsync(DataSet data)
    {
        Network network = Network.Create([28, 28], Layer.Dense(64, Activation.ReLU), Layer.Dense(10));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Adam { LearningRate = 0.003 });
        trainer.StepCompleted += ToldOf;
        trainer.EpochCompleted += epoch => Accuracies.Add(epoch.ValidationAccuracy!.Value);
        TrainingHistory history = await trainer.FitAsync(
            data.Slice(0, Samples),
            async _ =>
            {
                await PauseAsync();
                if (_isStopped)
                {
                    trainer.Stop();
                }
            },
            new TrainingOptions { Epochs = Epochs, BatchSize = BatchSize, Schedule = Schedule.Linear },
            validation: data.Slice(Samples, TestSamples));
        if (history.Best is not { } best)
        {
            return "Stopped before its first epoch was over.";
        }
        Network = network;
        return $"{(_isStopped ? "Stopped" : "Trained")}: reads {100 * best.ValidationAccuracy:F0}% of {TestSamples} built-in digits that it has not seen.";
    }

    private void ToldOf(StepResult step)
    {
        Losses.Add(Losses.Count == 0 ? step.Loss : 0.95 * Losses[^1] + 0.05 * step.Loss);
        Status = $"Epoch {step.Epoch} of {Epochs}, loss {Losses[^1]:F2}" + (Accuracies.Count == 0 ? "" : $", reads {100 * Accuracies[^1]:F0}%");
    }

    /// <summary>Shows what is new and lets the browser do what is due, where that was last some time ago.</summary>
    private async Task PauseAsync()
    {
        if (_clock.Elapsed >= Piece)
        {
            changed();
            await Task.Delay(1);
            _clock.Restart();
        }
    }
}
