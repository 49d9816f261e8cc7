using System.Text.Json;

namespace Nabla.Tests.Golden;

/// <summary>
/// Follows the reference runs of the notebooks' networks row by row: the same draws, the same batches, the same masks, and
/// so the same counts, as far as single precision stays with double. Any file of the kinds below that is in the folder
/// NABLA_GOLDEN is followed, so another seed needs a file and no code. NABLA_GOLDEN_FULL=1 follows the slow ones to their
/// end, which takes minutes; otherwise they are followed for their first part.
/// </summary>
public sealed class GoldenLogTests
{
    private static readonly bool Full = Environment.GetEnvironmentVariable("NABLA_GOLDEN_FULL") is "1";
    private static readonly Lazy<TrainAndTest> Mnist = new(() => Nabla.Mnist.Load(Environment.GetEnvironmentVariable("NABLA_DATA")));

    /// <summary>Networks of notebook 002 with dropout: hidden units, activation, batch, rate, rows to follow when not in full, images by which counts may differ.</summary>
    [Theory]
    [InlineData("relu_dropout_textbook", 100, Activation.ReLU, 1, 0.005, 2, 5)]
    [InlineData("relu_dropout_minibatch_textbook", 100, Activation.ReLU, 100, 0.1, 30, 1)] // row 230 has one test image more than ours
    [InlineData("relu_dropout_400_online_textbook", 400, Activation.ReLU, 1, 0.001, 1, 5)]
    [InlineData("relu_dropout_400_minibatch_textbook", 400, Activation.ReLU, 100, 0.01, 4, 1)]
    [InlineData("tanh_softmax_textbook", 100, Activation.Tanh, 100, 0.02, 30, 0)] // 2, over batch · batch instead of batch
    public void Hidden_layer_with_dropout(
        string name, int hidden, Activation activation, int batch, double rate, int rows, int tolerance)
    {
        foreach (GoldenRun run in GoldenRun.Find(name))
        {
            double spread = activation == Activation.Tanh ? 0.01 : 0.1;
            Network network = Network.Create(
                [784],
                [
                    Layer.Dense(hidden, activation, bias: false, Initializer.Uniform(-spread, spread)),
                    Layer.Dropout(),
                    Layer.Dense(10, bias: false, weights: Initializer.Uniform(-0.1, 0.1)),
                ]);
            Loss loss = activation == Activation.Tanh ? Loss.SoftmaxCrossEntropy : Loss.Quadratic;
            Follow(run, network, loss, rate, batch, rows, tolerance, samples: 1000);
        }
    }

    [Fact]
    public void Relu_online_keeps_its_errors_for_five_rows()
    {
        foreach (GoldenRun run in GoldenRun.Find("relu_online"))
        {
            Network network = Network.Create(
                [784],
                Layer.Dense(30, Activation.ReLU, bias: false, Initializer.Uniform(-0.1, 0.1)), Layer.Dense(10, bias: false, weights: Initializer.Uniform(-0.1, 0.1)));
            (DataSet train, DataSet test) = Thousand();
            int row = 0;
            Trainer trainer = new(network, Loss.Quadratic, new Sgd { LearningRate = 0.01 });
            trainer.EpochCompleted += epoch =>
            {
                if ((epoch.Epoch - 1) % 10 == 0)
                {
                    JsonElement expected = run.Log[row++];
                    // The reference logs the whole squared error, the loss is half of it.
                    Assert.Equal(expected.GetProperty("train_error").GetDouble(), 2 * epoch.Loss, 1e-4);
                    Assert.Equal(expected.GetProperty("test_error").GetDouble(), 2 * network.Evaluate(test).Loss, 1e-4);
                }
            };
            trainer.Fit(train, Options(run, epochs: 41, batch: 1));
            Assert.Equal(5, row);
        }
    }

    [Fact]
    public void Convolution()
    {
        foreach (GoldenRun run in GoldenRun.Find("convolution_textbook"))
        {
            // The last row and column of positions is left out, as in the notebook: of 27 rows a 3×3 kernel sees 25.
            Network network = Network.Create(
                [28, 28],
                Layer.Cropping2D(bottom: 1, right: 1),
                Layer.Convolution2D(16, 3, 3, Activation.Tanh, bias: false, weights: Initializer.Uniform(-0.01, 0.01)),
                Layer.Dropout(),
                Layer.Dense(10, bias: false, weights: Initializer.Uniform(-0.1, 0.1)));
            Follow(run, network, Loss.SoftmaxCrossEntropy, rate: 2.0 / 128, batch: 128, rows: 2, tolerance: 0, samples: 1000);
        }
    }

    [Fact]
    public void Quadratic_sgd()
    {
        foreach (GoldenRun run in GoldenRun.Find("quadratic_sgd"))
        {
            Network network = Network.Create(
                [28, 28],
                Layer.Dense(20, Activation.Sigmoid, weights: Initializer.Normal(1), biases: Initializer.Normal(1)),
                Layer.Dense(10, Activation.Sigmoid, weights: Initializer.Normal(1), biases: Initializer.Normal(1)));
            int steps = 0;
            Trainer trainer = new(With256(network), Loss.Quadratic, new Sgd { LearningRate = 2 });
            trainer.StepCompleted += step =>
            {
                JsonElement row = run.Log.FirstOrDefault(r => r.TryGetProperty("step", out JsonElement at) && at.GetInt32() == steps + 1);
                if (++steps <= 1000 && row.ValueKind == JsonValueKind.Object)
                {
                    Assert.Equal(row.GetProperty("mean_cost").GetDouble(), step.EpochLoss, 1e-4);
                }
            };
            trainer.EpochCompleted += epoch =>
            {
                JsonElement row = run.Log.Single(r => r.TryGetProperty("epoch", out JsonElement at) && at.GetInt32() == epoch.Epoch);
                Assert.Equal(row.GetProperty("mean_cost").GetDouble(), epoch.Loss, 1e-3);
                AssertNear(row, "test_correct", network.Evaluate(Mnist.Value.Test).Correct!.Value, tolerance: 30, run);
            };
            trainer.Fit(Mnist.Value.Train, Options(run, epochs: 3, batch: 10) with
            {
                Initialization = new Initialization { Order = ParameterOrder.WeightsFirst, OutputsFirst = true },
            });
        }
    }

    [Fact]
    public void Deep_sigmoid_keeps_its_cost_for_4000_steps()
    {
        foreach (GoldenRun run in GoldenRun.Find("deep_sigmoid"))
        {
            Initializer normal = Initializer.Normal(1);
            Network network = Network.Create(
                [28, 28],
                Layer.Dense(300, Activation.Sigmoid, weights: normal, biases: normal),
                Layer.Dense(100, Activation.Sigmoid, weights: normal, biases: normal),
                Layer.Dense(10, Activation.Sigmoid, weights: normal, biases: normal));
            DataSet train = Mnist.Value.Train.Slice(0, 50_000);
            double cost = 0;
            int since = 0, steps = 0, row = 0;
            Trainer trainer = new(With256(network), Loss.Quadratic, new Sgd { LearningRate = 2 });
            trainer.StepCompleted += step =>
            {
                cost += step.Loss;
                since++;
                if (++steps == run.Log[row].GetProperty("step").GetInt32())
                {
                    Assert.Equal(run.Log[row++].GetProperty("mean_cost").GetDouble(), cost / since, 1e-4);
                    cost = since = 0;
                }
            };
            int length = Full ? 4000 : 2000;
            trainer.Fit(train, Options(run, epochs: 1, batch: 30) with
            {
                Order = SampleOrder.WithReplacement,
                StepsPerEpoch = length,
                Initialization = new Initialization { Order = ParameterOrder.BiasesFirst, OutputsFirst = true },
            });
            Assert.Equal(length, steps);
        }
    }

    [Fact]
    public void Relu_softmax_full_batch_by_the_textbook()
    {
        foreach (GoldenRun run in GoldenRun.Find("relu_softmax_full_batch"))
        {
            NumPyRandom random = new(run.Seed);
            int[] order = [.. Enumerable.Range(0, 60_000)];
            random.Shuffle<int>(order);
            Initializer half = Initializer.Uniform(-0.5, 0.5);
            Network network = Network.Create([28, 28], Layer.Dense(10, Activation.ReLU, weights: half, biases: half), Layer.Dense(10, weights: half, biases: half));
            network.Initialize(random, new Initialization { OutputsFirst = true });
            JsonElement[] log = run.Variants["per_unit"];
            int iterations = Full ? 1000 : 101;
            Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 0.11 });
            trainer.EpochCompleted += epoch =>
            {
                if ((epoch.Epoch - 1) % 10 == 0)
                {
                    JsonElement expected = log[(epoch.Epoch - 1) / 10];
                    Assert.Equal(expected.GetProperty("loss").GetDouble(), epoch.Loss, 1e-4);
                    AssertNear(expected, "train_correct", (int)Math.Round(epoch.Accuracy!.Value * 10_000), tolerance: 3, run);
                }
            };
            trainer.Fit(Mnist.Value.Train.Take(order.AsSpan(1000, 10_000)), Options(run, iterations, batch: 10_000));
            if (Full)
            {
                int dev = network.Evaluate(Mnist.Value.Train.Take(order.AsSpan(0, 1000))).Correct!.Value;
                Assert.InRange(dev, run.Final.GetProperty("dev_correct_per_unit").GetInt32() - 1, run.Final.GetProperty("dev_correct_per_unit").GetInt32() + 1);
            }
        }
    }

    [Fact]
    public void Relu_softmax_class_with_standardised_columns()
    {
        foreach (GoldenRun run in GoldenRun.Find("relu_softmax_class"))
        {
            Initializer small = Initializer.Normal(0.01);
            Network network = Network.Create([28, 28], Layer.Dense(128, Activation.ReLU, weights: small), Layer.Dense(10, weights: small));
            network.Preprocessing = new Preprocessing { ByteDivisor = 1 };
            int iterations = Full ? 1000 : 11;
            Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 0.01 });
            trainer.EpochCompleted += epoch =>
            {
                JsonElement row = run.Log.FirstOrDefault(r => r.GetProperty("iteration").GetInt32() == epoch.Epoch - 1);
                if (row.ValueKind == JsonValueKind.Object)
                {
                    Assert.Equal(row.GetProperty("loss").GetDouble(), epoch.Loss, 1e-5);
                    AssertNear(row, "train_correct", (int)Math.Round(epoch.Accuracy!.Value * 60_000), tolerance: 5, run);
                }
            };
            trainer.Fit(Mnist.Value.Train, Options(run, iterations, batch: 60_000) with
            {
                Standardize = StandardizationScope.Column,
                Initialization = new Initialization { OutputsFirst = true },
            });
            if (Full)
            {
                AssertNear(run.Final, "test_correct", network.Evaluate(Mnist.Value.Test).Correct!.Value, tolerance: 2, run);
            }
        }
    }

    [Fact]
    public void Linear_diverges_at_one_rate_and_converges_at_another()
    {
        foreach (GoldenRun run in GoldenRun.Find("linear_full_batch"))
        {
            (DataSet train, DataSet test) = Thousand();
            foreach ((string rate, JsonElement[] log) in run.Variants)
            {
                Network network = Network.Create([784], Layer.Dense(10, bias: false, weights: Initializer.Zeros));
                // The reference's gradient is a sum over the 1,000 samples, ours a mean.
                Trainer trainer = new(network, Loss.Quadratic, new Sgd { LearningRate = 1000 * double.Parse(rate, System.Globalization.CultureInfo.InvariantCulture) });
                trainer.EpochCompleted += epoch =>
                {
                    JsonElement row = log.FirstOrDefault(r => r.GetProperty("iteration").GetInt32() == epoch.Epoch - 1);
                    if (row.ValueKind == JsonValueKind.Object && row.GetProperty("error").ValueKind == JsonValueKind.Number)
                    {
                        double error = row.GetProperty("error").GetDouble();
                        Assert.Equal(error, 2 * epoch.Loss, 1e-4 * error);
                    }
                };
                void Fit() => trainer.Fit(train, Options(run, epochs: 100, batch: 1000));
                if (rate == "0.01")
                {
                    Assert.Contains("smaller learning rate", Assert.Throws<TrainingDivergedException>(Fit).Message, StringComparison.Ordinal);
                }
                else
                {
                    Fit();
                    Assert.Equal(run.Final.GetProperty(rate).GetInt32(), network.Evaluate(test).Correct);
                }
            }
        }
    }

    /// <summary>Trains on the first images, one iteration an epoch, and compares the counts of each log row.</summary>
    private static void Follow(GoldenRun run, Network network, Loss loss, double rate, int batch, int rows, int tolerance, int samples)
    {
        (DataSet train, DataSet test) = Thousand();
        rows = Full ? run.Log.Length : Math.Min(rows, run.Log.Length);
        int seen = samples / batch * batch;
        int row = 0;
        Trainer trainer = new(network, loss, new Sgd { LearningRate = rate });
        trainer.EpochCompleted += epoch =>
        {
            if ((epoch.Epoch - 1) % 10 == 0)
            {
                JsonElement expected = run.Log[row++];
                Assert.Equal(expected.GetProperty("iteration").GetInt32(), epoch.Epoch - 1);
                AssertNear(expected, "train_correct", (int)Math.Round(epoch.Accuracy!.Value * seen), tolerance, run);
                AssertNear(expected, "test_correct", network.Evaluate(test).Correct!.Value, tolerance, run);
            }
        };
        trainer.Fit(train, Options(run, (rows - 1) * 10 + 1, batch));
        Assert.Equal(rows, row);
    }

    private static TrainingOptions Options(GoldenRun run, int epochs, int batch) => new()
    {
        Epochs = epochs,
        BatchSize = batch,
        Seed = run.Seed,
        Order = SampleOrder.AsGiven,
        DropPartialBatch = true,
        ValidationFraction = 0,
    };

    private static (DataSet Train, DataSet Test) Thousand() => (Mnist.Value.Train.Slice(0, 1000), Mnist.Value.Test.Slice(0, 1000));

    private static Network With256(Network network)
    {
        network.Preprocessing = new Preprocessing { ByteDivisor = 256 };
        return network;
    }

    private static void AssertNear(JsonElement row, string figure, int actual, int tolerance, GoldenRun run)
    {
        int expected = row.GetProperty(figure).GetInt32();
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{run.File}: {figure} {actual}, expected {expected} ± {tolerance} in {row}");
    }
}
