using System.Text.Json.Nodes;

namespace Nabla.Tests.Training;

/// <summary>A training that is resumed from any of its checkpoints ends with the bits of one that was never interrupted.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["checkpoint.safetensors"];

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Trainings() => [.. Setups.Keys];

    private static readonly Dictionary<string, Setup> Setups = new()
    {
        ["plain gradient descent"] = new([Layer.Dense(7, Activation.Tanh), Layer.Dense(4)], new Sgd(), new()),
        ["momentum and a schedule"] = new([Layer.Dense(7, Activation.Tanh), Layer.Dense(4)], new Sgd { Momentum = 0.9 }, new() { Schedule = new LinearSchedule() }),
        ["Adam, dropout, standardised"] = new([Layer.Dense(9, Activation.ReLU), Layer.Dropout(0.3), Layer.Dense(4)], new Adam(), new() { Standardize = StandardizationScope.Column }),
        ["batch normalisation and averages"] = new([Layer.Dense(9), Layer.BatchNormalization(Activation.ReLU), Layer.Dense(4)], new Adam(), new() { AverageDecay = 0.9 }),
        ["gradients of several batches added up"] = new([Layer.Dense(9, Activation.ReLU), Layer.Dropout(0.3), Layer.Dense(4)], new Lion(), new() { AccumulationSteps = 3 }),
        ["drawn with replacement"] = new([Layer.Dense(4)], new Sgd(), new() { Order = SampleOrder.WithReplacement, StepsPerEpoch = 4 }),
        ["nothing for validation, partial batches left out"] = new([Layer.Dense(4)], new AdamW(), new() { ValidationFraction = 0, DropPartialBatch = true }),
        ["ended early"] = new([Layer.Dense(4)], new Sgd { LearningRate = 30 }, new()) { Patience = 1 },
        ["gradients clipped, a rate that a callback changes"] = new([Layer.Dense(4)], new Sgd(), new()) { Clips = true, HalvesRate = true },
    };

    [Theory]
    [MemberData(nameof(Trainings))]
    public void From_every_step_and_epoch_on_it_has_the_same_bits(string name)
    {
        Setup setup = Setups[name];
        Recorder recorder = new(Path, _folder.FullName);
        (Network whole, TrainingHistory history) = setup.Run(threads: 1, checkpoint: null, recorder);
        Assert.True(recorder.Copies.Count >= history.Epochs.Count * 4, "a checkpoint after each step and each epoch");
        int threads = 0;
        foreach (string copy in recorder.Copies)
        {
            (Network resumed, TrainingHistory resumedHistory) = setup.Run(threads: 1 + threads++ % 3, copy);
            Assert.Equal(whole.Parameters.ToArray(), resumed.Parameters.ToArray());
            Assert.Equal(whole.Buffers.ToArray(), resumed.Buffers.ToArray());
            Assert.Equal(history.Epochs, resumedHistory.Epochs);
            Assert.Equal(history.Best, resumedHistory.Best);
            Assert.Equal(history.StoppedEarly, resumedHistory.StoppedEarly);
            Assert.Equal(whole.Training, resumed.Training! with { Options = whole.Training!.Options });
        }
    }

    [Fact]
    public void A_cancelled_training_leaves_a_checkpoint_and_a_finished_one_none()
    {
        DataSet data = Problems.Clusters(100);
        TrainingOptions options = new() { Epochs = 3, BatchSize = 20 };
        Trainer whole = New();
        whole.Fit(data, options);

        Trainer first = New();
        first.Callbacks.Add(new Checkpoints(Path) { Interval = TimeSpan.FromHours(1), BestModelPath = _folder["best.safetensors"] });
        using CancellationTokenSource cancellation = new();
        first.StepCompleted += step => _ = step is { Epoch: 2, Step: 3 } ? cancellation.CancelAsync() : Task.CompletedTask;
        Assert.True(first.Fit(data, options, cancellation: cancellation.Token).Cancelled);
        Assert.True(File.Exists(Path));
        Assert.Equal(first.Network.Parameters.ToArray(), Network.Load(_folder["best.safetensors"]).Parameters.ToArray());

        Trainer second = New();
        second.Callbacks.Add(new Checkpoints(Path) { Interval = TimeSpan.FromHours(1) });
        TrainingHistory history = second.Resume(Path, data, options);
        Assert.Equal([1, 2, 3], history.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal(whole.Network.Parameters.ToArray(), second.Network.Parameters.ToArray());
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void Another_training_is_refused_with_what_differs()
    {
        DataSet data = Problems.Clusters(100);
        TrainingOptions options = new() { Epochs = 2, BatchSize = 20 };
        Checkpoint(New(), data, options);
        Refused("options.batchSize was 20, is 30", New(), data, options with { BatchSize = 30 });
        Refused("options.epochs was 2, is 3", New(), data, options with { Epochs = 3 });
        Refused("optimizer.learningRate was 0.1, is 0.2", New(rate: 0.2), data, options);
        Refused("layers", new Trainer(Network.Create([20], Layer.Dense(5, Activation.Tanh), Layer.Dense(4)), Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 0.1 }), data, options);
        Refused("data", New(), Problems.Clusters(100, seed: 2), options);
        Trainer stopping = New();
        stopping.Callbacks.Add(new EarlyStopping(2));
        Refused("callbacks", stopping, data, options);
    }

    [Fact]
    public void Damage_is_found()
    {
        DataSet data = Problems.Clusters(100);
        TrainingOptions options = new() { Epochs = 2, BatchSize = 20 };
        Checkpoint(New(), data, options);
        byte[] contents = File.ReadAllBytes(Path);
        NumPyRandom random = new(1);
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = [.. contents];
            damaged[random.NextInt32(contents.Length)] ^= (byte)(1 << random.NextInt32(8));
            File.WriteAllBytes(Path, i % 4 == 0 ? damaged[..random.NextInt32(contents.Length)] : damaged);
            Assert.StartsWith(Path, Assert.Throws<MalformedFileException>(() => New().Resume(Path, data, options)).Message);
        }
        New().Network.Initialize(new NumPyRandom(1));
        Network model = Network.Create([20], Layer.Dense(4));
        model.Initialize(new NumPyRandom(1));
        model.Save(Path);
        Assert.Contains("no checkpoint", Assert.Throws<MalformedFileException>(() => New().Resume(Path, data, options)).Message);
        Assert.Throws<FileNotFoundException>(() => New().Resume(_folder["nothing"], data, options));
        Assert.Throws<InvalidOperationException>(() => New().SaveCheckpoint(Path));
    }

    private static Trainer New(double rate = 0.1) => new(Network.Create([20], Layer.Dense(4)), Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = rate });

    private void Checkpoint(Trainer trainer, DataSet data, TrainingOptions options)
    {
        trainer.EpochCompleted += _ => trainer.SaveCheckpoint(Path);
        trainer.Fit(data, options);
    }

    private void Refused(string difference, Trainer trainer, DataSet data, TrainingOptions options)
    {
        string message = Assert.Throws<ArgumentException>(() => trainer.Resume(Path, data, options)).Message;
        Assert.Contains(Path, message);
        Assert.Contains(difference, message);
    }

    private sealed record Setup(LayerSpec[] Layers, Optimizer Optimizer, TrainingOptions Options)
    {
        public int? Patience { get; init; }

        public bool Clips { get; init; }

        public bool HalvesRate { get; init; }

        public (Network Network, TrainingHistory History) Run(int threads, string? checkpoint, Recorder? recorder = null)
        {
            Network network = Network.Create([20], Layers);
            Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, Optimizer);
            if (Clips)
            {
                trainer.GradientTransforms.Add(new GradientClipping(0.1));
            }
            if (HalvesRate)
            {
                trainer.Callbacks.Add(new HalvingEveryThirdStep());
            }
            if (Patience is int patience)
            {
                trainer.Callbacks.Add(new EarlyStopping(patience));
            }
            recorder?.Follow(trainer);
            DataSet data = Problems.Clusters(130, noise: 2);
            TrainingOptions options = Options with { Epochs = 3, BatchSize = 32, Threads = threads };
            return (network, checkpoint is null ? trainer.Fit(data, options) : trainer.Resume(checkpoint, data, options));
        }
    }

    /// <summary>Copies each checkpoint once it is there: when the next step begins to be told.</summary>
    private sealed class Recorder(string path, string folder)
    {
        public List<string> Copies { get; } = [];

        public void Follow(Trainer trainer)
        {
            trainer.StepCompleted += _ => Next(trainer);
            trainer.EpochCompleted += _ => Next(trainer);
        }

        private void Next(Trainer trainer)
        {
            if (File.Exists(path))
            {
                Copies.Add(System.IO.Path.Combine(folder, $"{Copies.Count}"));
                File.Move(path, Copies[^1]);
            }
            trainer.SaveCheckpoint(path);
        }
    }

    private sealed class HalvingEveryThirdStep : TrainingCallback
    {
        private int _steps;

        public override void TrainingStarted(Trainer trainer) => _steps = 0;

        public override void StepCompleted(Trainer trainer, StepResult step) => trainer.LearningRateFactor *= ++_steps % 3 == 0 ? 0.5 : 1;

        public override JsonNode SaveState() => _steps;

        public override void RestoreState(JsonNode state) => _steps = (int)state;
    }
}
