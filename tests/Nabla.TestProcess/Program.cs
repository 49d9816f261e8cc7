using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Nabla;

// Trains small networks and prints, one per line: which instructions there are, and for each number of threads a hash of
// all weights and losses. Arguments: the numbers of threads.

Console.WriteLine($"Vector512 {Vector512.IsHardwareAccelerated}");
Console.WriteLine($"Vector256 {Vector256.IsHardwareAccelerated}");
Console.WriteLine($"Vector128 {Vector128.IsHardwareAccelerated}");
Console.WriteLine($"Fma {Fma.IsSupported}");
foreach (string threads in args)
{
    Console.WriteLine($"hash {threads} {Hash(int.Parse(threads))}");
}

static string Hash(int threads)
{
    using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    Optimizer[] optimizers = [new Sgd(), new Sgd { Momentum = 0.9 }, new Adam(), new Sgd { Momentum = 0.5, Nesterov = true }, new AdamW { WeightDecay = 0.1 }];
    int number = 0;
    foreach (Activation activation in Enum.GetValues<Activation>())
    {
        foreach (Loss loss in new[] { Loss.Quadratic, Loss.SoftmaxCrossEntropy })
        {
            // Odd sizes, so that every width of vector and the remainder have something to do.
            Train(hash, inputs: 43, hidden: 71, activation, loss, optimizers[number++ % optimizers.Length], threads);
        }
    }
    // Large enough that the element-wise work and the optimiser are split over threads, too.
    Train(hash, inputs: 121, hidden: 303, Activation.Tanh, Loss.SoftmaxCrossEntropy, new Adam(), threads);
    return Convert.ToHexStringLower(hash.GetHashAndReset());
}

static void Train(IncrementalHash hash, int inputs, int hidden, Activation activation, Loss loss, Optimizer optimizer, int threads)
{
    NumPyRandom random = new(7);
    const int Samples = 330, Classes = 7;
    float[] features = new float[Samples * inputs];
    int[] labels = new int[Samples];
    for (int i = 0; i < features.Length; i++)
    {
        features[i] = (float)random.NextNormal();
    }
    for (int i = 0; i < Samples; i++)
    {
        labels[i] = random.NextInt32(Classes);
        features[i * inputs + labels[i]] += 2;
    }
    Network network = Network.Create([inputs], Layer.Dense(hidden, activation), Layer.Dense(Classes, activation));
    TrainingOptions options = new() { Epochs = 1, BatchSize = 130, Threads = threads, ValidationFraction = 0.1 };
    Trainer trainer = new(network, loss, optimizer);
    trainer.StepCompleted += step => hash.AppendData(BitConverter.GetBytes(step.Loss));
    TrainingHistory history = trainer.Fit(new DataSet(new FloatFeatures(features, [inputs]), new ClassLabels(labels, Classes)), options);
    hash.AppendData(BitConverter.GetBytes(history.Best!.ValidationLoss!.Value));
    hash.AppendData(MemoryMarshal.AsBytes(network.Parameters));
}
