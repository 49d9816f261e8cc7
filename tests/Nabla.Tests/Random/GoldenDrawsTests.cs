using System.Text.Json;

namespace Nabla.Tests.Random;

/// <summary>
/// The initial weights, biases, masks and batches of the reference runs, which NumPy drew, from our generator and our
/// initialisers. The folder of the runs is named by the environment variable NABLA_GOLDEN.
/// </summary>
public sealed class GoldenDrawsTests
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("NABLA_GOLDEN");

    [Fact]
    public void Every_reference_run_begins_with_the_same_draws()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Folder), "NABLA_GOLDEN does not name the folder of the reference runs.");
        string[] files = Directory.GetFiles(Folder!, "*.json");
        Assert.NotEmpty(files);
        Assert.All(files, AssertDraws);
    }

    private static void AssertDraws(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
        JsonElement run = document.RootElement;
        Dictionary<string, double[]> expected = run.GetProperty("draws").EnumerateObject()
            .ToDictionary(array => array.Name, array => array.Value.EnumerateArray().Select(value => value.GetDouble()).ToArray());
        Draws draws = new(expected, run.GetProperty("seed").GetUInt32());
        string name = run.GetProperty("name").GetString()!;
        switch (name.Replace("_textbook", "", StringComparison.Ordinal))
        {
            case "quadratic_sgd":
                draws.Take("w1", 20 * 784, Initializer.Normal(1));
                draws.Take("w2", 10 * 20, Initializer.Normal(1));
                draws.Take("b1", 20, Initializer.Normal(1));
                draws.Take("b2", 10, Initializer.Normal(1));
                break;
            case "relu_softmax_full_batch":
                draws.Shuffle("shuffled_labels");
                draws.Take("w1", 10 * 784, Initializer.Uniform(-0.5, 0.5));
                draws.Take("b1", 10, Initializer.Uniform(-0.5, 0.5));
                draws.Take("w2", 10 * 10, Initializer.Uniform(-0.5, 0.5));
                draws.Take("b2", 10, Initializer.Uniform(-0.5, 0.5));
                break;
            case "linear_full_batch":
                break;
            case "relu_online":
                Hidden(30, 1, batch: 0);
                break;
            case "relu_dropout":
                Hidden(100, 1, batch: 1);
                break;
            case "relu_dropout_minibatch":
                Hidden(100, 1, batch: 100);
                break;
            case "relu_dropout_400_online":
                Hidden(400, 1, batch: 1);
                break;
            case "relu_dropout_400_minibatch":
                Hidden(400, 1, batch: 100);
                break;
            case "tanh_softmax":
                Hidden(100, 0.1, batch: 100);
                break;
            case "convolution":
                draws.Take("kernels", 9 * 16, Initializer.Uniform(-0.01, 0.01));
                draws.Take("w2", 10_000 * 10, Initializer.Uniform(-0.1, 0.1));
                draws.Mask();
                break;
            case "deep_sigmoid":
                draws.Take("b1", 300, Initializer.Normal(1));
                draws.Take(null, 100 + 10, Initializer.Normal(1));
                draws.Take("w1", 300 * 784, Initializer.Normal(1));
                draws.Take(null, 100 * 300, Initializer.Normal(1));
                draws.Take("w3", 10 * 100, Initializer.Normal(1));
                draws.Choice("first_batch", 50_000);
                break;
            case "relu_softmax_class":
                draws.Take("w1", 128 * 784, Initializer.Normal(0.01));
                draws.Take("w2", 10 * 128, Initializer.Normal(0.01));
                break;
            default:
                Assert.Fail($"{name}: no test draws what this run draws.");
                break;
        }
        draws.AssertAllTaken();

        void Hidden(int hidden, double scale, int batch)
        {
            draws.Take("w1", 784 * hidden, Initializer.Uniform(-0.1 * scale, 0.1 * scale));
            draws.Take("w2", hidden * 10, Initializer.Uniform(-0.1, 0.1));
            if (batch > 0)
            {
                draws.Mask();
            }
        }
    }

    private sealed class Draws(Dictionary<string, double[]> expected, uint seed)
    {
        private readonly NumPyRandom _random = new(seed);

        public void Take(string? name, int count, Initializer initializer)
        {
            float[] values = new float[count];
            initializer.Fill(values, 1, 1, _random);
            if (name is not null)
            {
                Remove(name, wanted => Assert.Equal(wanted.Select(value => (float)value), values.Take(wanted.Length)));
            }
        }

        public void Mask() => Remove("mask", wanted => Assert.Equal(wanted, wanted.Select(_ => (double)_random.NextInt32(2))));

        public void Choice(string name, int count) => Remove(name, wanted =>
        {
            int[] chosen = new int[wanted.Length];
            _random.Choice(count, chosen);
            Assert.Equal(wanted, chosen.Select(value => (double)value));
        });

        /// <summary>The draws of a shuffle of 60,000 rows; the labels themselves are checked where there is MNIST to shuffle.</summary>
        public void Shuffle(string name)
        {
            int[] order = [.. Enumerable.Range(0, 60_000)];
            _random.Shuffle<int>(order);
            Remove(name, wanted =>
            {
                string? labels = FindLabels();
                if (labels is not null)
                {
                    int[] all = Idx.ReadLabels(labels).Values.ToArray();
                    Assert.Equal(wanted, order.Take(wanted.Length).Select(row => (double)all[row]));
                }
            });
        }

        public void AssertAllTaken() => Assert.Empty(expected);

        private static string? FindLabels()
        {
            string? folder = Environment.GetEnvironmentVariable("NABLA_DATA");
            return string.IsNullOrEmpty(folder)
                ? null
                : new[] { "train-labels-idx1-ubyte.gz", "train-labels-idx1-ubyte" }.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
        }

        private void Remove(string name, Action<double[]> check)
        {
            Assert.True(expected.Remove(name, out double[]? wanted), name);
            check(wanted);
        }
    }
}
