namespace Nabla.Tests;

/// <summary>What a network would need is known, and refused if it is too much, before anything is allocated or computed.</summary>
[Collection(Alone.Name)]
public sealed class NetworkLimitTests
{
    private static readonly LayerSpec Pool = Layer.AveragePooling2D(1000, 1000, stride: 1, padding: 500);

    public static TheoryData<string, string> TooLarge() => new()
    {
        { "padding", "bytes, most of them for convolution2d1 (Convolution2D 28×28×1 → 2×2×1, 1×1, stride 32000, padding 16000  (2 parameters)), expected at most 536,870,912" },
        { "padding beyond 64 bits", "expected at most 536,870,912" },
        { "padding that wraps to little", "expected at most 536,870,912" },
        { "outputs", "expected at most 536,870,912" },
        { "kernel", "expected at most 536,870,912" },
        { "windows", "multiply-adds, most of them in averagepooling2d1 (AveragePooling2D 4000×4000×1 → 4001×4001×1, 1000×1000, stride 1, padding 500), expected at most 17,179,869,184" },
        { "layers", "The network has 1,001 layers, expected at most 1,000." },
        { "a hundred thousand layers", "The network has 100,000 layers, expected at most 1,000." },
    };

    [Theory]
    [MemberData(nameof(TooLarge))]
    public void Too_much_is_refused_when_the_network_is_made(string what, string expected)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        ArgumentException error = Assert.Throws<ArgumentException>(() => what switch
        {
            "padding" => Network.Create([28, 28], Layer.Convolution2D(1, 1, 1, stride: 32_000, padding: 16_000)),
            "padding beyond 64 bits" => Network.Create([28, 28], Layer.Convolution2D(1, 1, 1, stride: int.MaxValue, padding: 1 << 30)),
            "padding that wraps to little" => Network.Create([2, 4396], Layer.Convolution2D(1, 3, 3, padding: 1), Layer.Convolution2D(1, 1, 1, stride: 1 << 20, padding: 22_097)),
            "outputs" => Network.Create([28, 28], Layer.Convolution2D(1, 1, 1, padding: 4700)),
            "kernel" => Network.Create([8192, 8192], Layer.Convolution2D(1, 8192, 8192)),
            "windows" => Network.Create([4000, 4000], Pool),
            "layers" => Network.Create([2], [.. Enumerable.Repeat(Layer.Dropout(), 1001)]),
            _ => Network.Create([2], [.. Enumerable.Repeat(Layer.Dense(2), 100_000)]),
        });
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    [Fact]
    public void Networks_that_people_use_are_made()
    {
        static LayerSpec Convolution(int filters) => Layer.Convolution2D(filters, 3, 3, Activation.ReLU, padding: 1);
        static LayerSpec[] Block(int filters, int count) => [.. Enumerable.Repeat(Convolution(filters), count), Layer.MaxPooling2D(2, 2)];
        // VGG-16; only its layers, because its parameters are half a gigabyte.
        Network.Build([224, 224, 3],
            [.. Block(64, 2), .. Block(128, 2), .. Block(256, 3), .. Block(512, 3), .. Block(512, 3), Layer.Dense(4096), Layer.Dense(4096), Layer.Dense(1000)]);
        Network.Build([8000, 8000], [Layer.Convolution2D(1, 3, 3), Layer.MaxPooling2D(8, 8)]);
        Network.Build([28, 28], [.. Enumerable.Repeat(Layer.Dropout(), 999), Layer.Dense(10)]);
        Network.Build([1_000_000], [Layer.Dense(100)]);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(50, false)]
    [InlineData(50, true)]
    public void A_pass_takes_no_more_memory_than_was_said_and_not_much_less(int rows, bool training)
    {
        Network[] networks =
        [
            Network.Create([60, 60], Layer.Convolution2D(3, 5, 5, Activation.ReLU, padding: 20), Layer.MaxPooling2D(2, 2), Layer.Convolution2D(33, 3, 3), Layer.Dense(10)),
            Network.Create([2000], Layer.Dense(500, Activation.Tanh), Layer.Dropout(), Layer.Dense(7)),
            Network.Create([40, 40], Layer.Convolution2D(2, 3, 3, stride: 3), Layer.Flatten(), Layer.Dense(1000), Layer.Dense(100)),
        ];
        foreach (Network network in networks)
        {
            network.Parameters.Fill(0.01f);
            network.MarkInitialized();
            network.Loss = Loss.SoftmaxCrossEntropy;
            long said = network.MemoryFor(rows, training);
            long taken = 0;
            // A thread of its own: what this one keeps for itself was counted before.
            Thread thread = new(() =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                Pass(network, rows, training);
                taken = GC.GetAllocatedBytesForCurrentThread() - before;
            });
            thread.Start();
            thread.Join();
            Assert.InRange(taken, said / 4, said + 100_000);
        }

        static void Pass(Network network, int rows, bool training)
        {
            Workspace workspace = new(network, rows, training);
            if (!training)
            {
                network.Forward(workspace, rows);
            }
            else
            {
                network.Forward(workspace, rows, new SampleRandom(1));
                int values = rows * network.OutputShape.Size;
                Loss.SoftmaxCrossEntropy.Evaluate(workspace.Output[..values], workspace.Output[..values], workspace.OutputGradient[..values], rows, rows);
                network.Backward(workspace, rows);
            }
        }
    }

    [Fact]
    public void More_rows_and_threads_than_fit_into_64_bits_of_nothing_are_refused_by_name()
    {
        Network network = Network.Create([28, 28], Layer.Convolution2D(8, 3, 3), Layer.Dense(10));
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Workspace(network, 500_000_000, training: true));
        Assert.Contains("bytes, expected at most", error.Message, StringComparison.Ordinal);
        Assert.True(network.MemoryFor(500_000_000, training: true) > 500_000_000L * 28 * 28 * sizeof(float));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.MemoryFor(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.MemoryFor(1, threads: 0));
    }

    [Fact]
    public void Checking_a_recipe_takes_no_memory_for_its_parameters()
    {
        const string Large = """{ "name": "large", "input": [30000], "layers": [ { "type": "dense", "units": 30000 }, { "type": "dense", "units": 10 } ] }""";
        Recipe.Parse(Large.Replace("30000", "30", StringComparison.Ordinal), "small.json");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal([30_000], Recipe.Parse(Large, "large.json").Input);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }
}
