using System.Collections.Concurrent;

namespace Nabla.Tests.Training;

/// <summary>Several processes that train one network end with the bits of one that trains it alone.</summary>
public sealed class SeveralProcessesTests : IDisposable
{
    private static readonly TrainingOptions Short = new() { Epochs = 2, BatchSize = 96, Seed = 3 };

    private static readonly Dictionary<string, Setup> Setups = new()
    {
        ["dense, large batches"] = new([Layer.Dense(24, Activation.ReLU), Layer.Dropout(0.2), Layer.Dense(10)], Short with { BatchSize = 5000 }, 8800),
        ["dense, standardised, blanks left out"] = new([Layer.Dense(10)], Short with { BatchSize = 9000, Standardize = StandardizationScope.Column }, 9400),
        ["convolutions"] = new([Layer.Convolution2D(8, 3, 3, Activation.ReLU, stride: 2), Layer.Convolution2D(12, 3, 3, Activation.ReLU), Layer.GlobalAveragePooling2D(), Layer.Dense(10)], Short, 450),
        ["batch normalisation, augmentation, dropout, averages"] = new(
            [Layer.Convolution2D(4, 5, 5, stride: 2, padding: 2, bias: false), Layer.BatchNormalization(Activation.ReLU), Layer.Convolution2D(6, 3, 3, stride: 2), Layer.BatchNormalization(Activation.ReLU), Layer.Dropout(0.3), Layer.Dense(10)],
            Short with { Augmentation = [.. Augmentation.ForHandwriting], AverageDecay = 0.9 }, 500),
        ["more parameters than a gradient of four samples has, clipped, several batches"] = new(
            [Layer.Convolution2D(48, 5, 5, Activation.ReLU, stride: 2), Layer.BatchNormalization(), Layer.Convolution2D(64, 5, 5, Activation.ReLU), Layer.Convolution2D(4, 3, 3, stride: 2, bias: false), Layer.BatchNormalization(Activation.Tanh), Layer.Dense(10)],
            Short with { Epochs = 1, ClipGradientNorm = 0.5, AccumulationSteps = 2, ValidationFraction = 0 }, 200),
        ["branches, layer normalisation"] = new(
            [Layer.Convolution2D(4, 3, 3, stride: 2), Layer.Residual(Layer.Convolution2D(4, 3, 3, Activation.ReLU, padding: 1), Layer.BatchNormalization()), Layer.LayerNormalization(), Layer.GlobalAveragePooling2D(), Layer.Dense(10)], Short, 300),
    };

    private static readonly ConcurrentDictionary<(int Samples, uint Seed), DataSet> Drawn = [];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Names() => [.. Setups.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_bits_are_those_of_one_process(string name)
    {
        Setup setup = Setups[name];
        Result alone = setup.Train(SingleProcess.Instance);
        foreach (int processes in new[] { 2, 3, 4, 8 })
        {
            foreach (Result result in ThreadProcesses.Run(processes, communicator => setup.Train(communicator, threads: 1 + communicator.Rank % 3)))
            {
                AssertSame(alone, result, $"{processes} processes");
            }
        }
    }

    [Fact]
    public void Sixty_four_processes_have_the_bits_of_one()
    {
        Setup setup = new([Layer.Dense(10)], Short with { Epochs = 1, BatchSize = 40_000, ValidationFraction = 0 }, 40_000);
        Network network = setup.Create();
        Assert.Equal(78, new ExecutionPlan(network, 40_000, threads: 1).Shards);
        Result alone = setup.Train(SingleProcess.Instance);
        foreach (Result result in ThreadProcesses.Run(64, communicator => setup.Train(communicator)))
        {
            AssertSame(alone, result, "64 processes");
        }
    }

    [Fact]
    public void A_training_goes_on_with_another_number_of_processes()
    {
        Setup setup = Setups["batch normalisation, augmentation, dropout, averages"];
        string path = _folder["checkpoint.safetensors"];
        Result whole = setup.Train(SingleProcess.Instance);
        Result[] stopped = ThreadProcesses.Run(4, communicator => setup.Train(communicator, checkpoint: path, stopAfter: communicator.Rank == 2 ? 3 : null));
        Assert.All(stopped, result => Assert.True(result.History.Cancelled));
        Result[] further = ThreadProcesses.Run(2, communicator => setup.Train(communicator, checkpoint: path, resumes: true, stopAfter: communicator.Rank == 0 ? 3 : null));
        Assert.All(further, result => Assert.True(result.History.Cancelled));
        AssertSame(whole, setup.Train(SingleProcess.Instance, checkpoint: path, resumes: true), "resumed");
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Callbacks_that_end_a_training_or_change_the_rate_do_so_after_the_same_step()
    {
        Setup setup = Setups["convolutions"] with
        {
            Options = Short with { Epochs = 9 },
            Callbacks = () => [new EarlyStopping(1), new ReduceOnPlateau(patience: 1)],
            Optimizer = new Sgd { LearningRate = 1.5 },
        };
        Result alone = setup.Train(SingleProcess.Instance);
        Assert.True(alone.History.StoppedEarly);
        foreach (Result result in ThreadProcesses.Run(4, communicator => setup.Train(communicator)))
        {
            AssertSame(alone, result, "ended early");
        }
    }

    [Theory]
    [InlineData("one sample at a time", "a batch of 1 samples is one shard")]
    [InlineData("NumPy's stream", "dropout1 draws from NumPy's stream")]
    [InlineData("too many processes", "is 4 shards")]
    public void What_cannot_be_shared_is_refused_with_a_reason(string which, string message)
    {
        Setup setup = which switch
        {
            "one sample at a time" => new([Layer.Dense(10)], Short with { BatchSize = 1 }, 100),
            "NumPy's stream" => new([Layer.Dropout(0.5), Layer.Dense(10)], Short with { BatchSize = 5000, RandomNumbers = RandomSource.NumPy }, 6000),
            _ => Setups["convolutions"] with { Options = Short with { BatchSize = 50 } },
        };
        AggregateException failures = Assert.Throws<AggregateException>(() => ThreadProcesses.Run(5, communicator => setup.Train(communicator)));
        Assert.All(failures.InnerExceptions, failure => Assert.Contains(message, Assert.IsType<ArgumentException>(failure).Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("layers, loss, optimizer or options")]
    [InlineData("samples")]
    public void Processes_that_train_something_else_are_found(string difference)
    {
        Setup setup = Setups["convolutions"];
        AggregateException failures = Assert.Throws<AggregateException>(() => ThreadProcesses.Run(3, communicator => (communicator.Rank < 2 ? setup
            : difference == "samples" ? setup with { Seed = 8 }
            : setup with { Options = Short with { Seed = 4 } }).Train(communicator)));
        Assert.Equal(3, failures.InnerExceptions.Count);
        Assert.All(failures.InnerExceptions, failure => Assert.Contains($"Process 2 of 3 has other {difference}", failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_checkpoint_that_is_not_there_ends_all_processes()
    {
        Setup setup = Setups["convolutions"];
        AggregateException failures = Assert.Throws<AggregateException>(() => ThreadProcesses.Run(3, communicator => setup.Train(communicator, checkpoint: _folder["none"], resumes: true)));
        Assert.Equal(3, failures.InnerExceptions.Count);
        Assert.All(failures.InnerExceptions, failure => Assert.Contains("there is no such file", failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_network_is_measured_together()
    {
        Setup setup = Setups["convolutions"];
        (Network network, DataSet data) = (setup.Create(), setup.Data);
        network.Initialize(new NumPyRandom(1), new Initialization());
        Evaluation alone = network.Evaluate(data, threads: 1);
        foreach (Evaluation together in ThreadProcesses.Run(3, communicator => network.Evaluate(data, threads: 2, communicator)))
        {
            Assert.Equal(alone.Loss, together.Loss);
            Assert.Equal(alone.Correct, together.Correct);
            Assert.Equal(data.Count, together.Confusion!.Total);
        }
    }

    private static void AssertSame(Result expected, Result actual, string what)
    {
        Assert.Equal(expected.History.Epochs, actual.History.Epochs);
        Assert.Equal(expected.History.StoppedEarly, actual.History.StoppedEarly);
        Assert.True(expected.Parameters.AsSpan().SequenceEqual(actual.Parameters), what);
        Assert.Equal(expected.Buffers, actual.Buffers);
    }

    private sealed record Result(float[] Parameters, float[] Buffers, TrainingHistory History);

    private sealed record Setup(LayerSpec[] Layers, TrainingOptions Options, int Samples)
    {
        public uint Seed { get; init; } = 7;

        public Optimizer Optimizer { get; init; } = new Adam();

        public Func<TrainingCallback[]> Callbacks { get; init; } = () => [];

        // Drawing thousands of digits would take longer than all trainings with them.
        public DataSet Data => Drawn.GetOrAdd((Samples, Seed), key => key.Samples < 1000 ? SyntheticDigits.Generate(key.Samples, key.Seed) : Noise(key.Samples, key.Seed));

        /// <summary>Images of which four fifths are blank, with the class marked in one place.</summary>
        private static DataSet Noise(int samples, uint seed)
        {
            const int Side = 28, Classes = 10;
            NumPyRandom random = new(seed);
            byte[] pixels = new byte[samples * Side * Side];
            int[] labels = new int[samples];
            for (int i = 0; i < pixels.Length; i += 1 + random.NextInt32(9))
            {
                pixels[i] = (byte)(i % 255 + 1);
            }
            for (int i = 0; i < samples; i++)
            {
                labels[i] = random.NextInt32(Classes);
                pixels[i * Side * Side + labels[i]] = 255;
            }
            return DataSet.FromImages(pixels, [Side, Side], labels, Classes);
        }

        public Network Create() => Network.Create([28, 28], Layers);

        public Result Train(ICommunicator communicator, int threads = 2, string? checkpoint = null, bool resumes = false, int? stopAfter = null)
        {
            Network network = Create();
            Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, Optimizer) { Communicator = communicator };
            foreach (TrainingCallback callback in Callbacks())
            {
                trainer.Callbacks.Add(callback);
            }
            // Only one of them needs to have it.
            if (checkpoint is not null && communicator.Rank == 0)
            {
                trainer.Callbacks.Add(new Checkpoints(checkpoint) { Interval = TimeSpan.FromHours(1) });
            }
            using CancellationTokenSource cancellation = new();
            int steps = 0;
            trainer.StepCompleted += _ =>
            {
                if (++steps == stopAfter)
                {
                    cancellation.Cancel();
                }
            };
            TrainingOptions options = Options with { Threads = threads };
            TrainingHistory history = resumes
                ? trainer.Resume(checkpoint!, Data, options, cancellation: cancellation.Token)
                : trainer.Fit(Data, options, cancellation: cancellation.Token);
            return new Result(network.Parameters.ToArray(), network.Buffers.ToArray(), history);
        }
    }
}
