using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Nabla;

// Trains small networks and prints, one per line: which instructions there are, for each number of threads a hash of all
// weights and losses, and for each recipe one of the weights after its first steps. Arguments: the numbers of threads, and
// "few", which leaves out recipes.

string[] threadCounts = [.. args.Where(argument => argument != "few")];

Console.WriteLine($"Vector512 {Vector512.IsHardwareAccelerated}");
Console.WriteLine($"Vector256 {Vector256.IsHardwareAccelerated}");
Console.WriteLine($"Vector128 {Vector128.IsHardwareAccelerated}");
Console.WriteLine($"Fma {Fma.IsSupported}");
foreach (string threads in threadCounts)
{
    Console.WriteLine($"hash {threads} {Hash(int.Parse(threads))}");
}

Recipe[] own =
[
    Recipe.Parse(
        """
        {"name": "own-dropout", "layers": [{"type": "dropout", "rate": 0.2}, {"type": "dense", "units": 70, "activation": "ReLU"}, {"type": "dropout"}, {"type": "dense", "units": 10}]}
        """, "own-dropout"),
    Recipe.Parse(
        """
        {
          "name": "own-augmentation",
          "layers": [{"type": "convolution2d", "filters": 4, "kernelHeight": 3, "kernelWidth": 3, "activation": "ReLU"}, {"type": "maxpooling2d", "kernelHeight": 2, "kernelWidth": 2}, {"type": "dense", "units": 10}],
          "training": {
            "standardize": "All",
            "augmentation": [
              {"type": "elastic"}, {"type": "affine"}, {"type": "stroke-thickness"}, {"type": "contrast", "probability": 0.5}, {"type": "noise", "probability": 0.5},
              {"type": "blur", "probability": 0.5}, {"type": "erasing", "probability": 0.5}, {"type": "resolution", "probability": 0.5}, {"type": "mixup"}
            ]
          }
        }
        """, "own-augmentation"),
];
// The large networks would take minutes without vectors, and have only what the small ones beside them have.
Dictionary<string, Recipe> recipes = RecipeBook.Names.Except(["best", "built-in", "digit-or-not", "digits", "fast99", "mlp", "mlp-best"]).ToDictionary(name => name, RecipeBook.Get);
if (args.Contains("few"))
{
    // Without vectors these take a third of the time, and have the layers of digits-small, layers-of-images and relu-dropout-minibatch, and more of them.
    foreach (string name in (string[])["quick", "tiny", "relu-dropout-400-minibatch", "relu-dropout-400-online"])
    {
        recipes.Remove(name);
    }
}
// What no recipe of the book has.
recipes["rules-sgd"] = RecipeBook.Get("dense") with
{
    Optimizer = new Sgd { Momentum = 0.9, WeightDecay = 0.1 },
    Training = new() { BatchSize = 60, AccumulationSteps = 3, L2 = 0.001, Schedule = Schedule.Step(1, 0.5) },
};
recipes["rules-lion"] = RecipeBook.Get("dense") with
{
    Optimizer = new Lion { LearningRate = 0.003, WeightDecay = 0.2 },
    Training = new() { BatchSize = 150, ClipGradientNorm = 0.1, Schedule = Schedule.OneCycle() },
};
recipes["rules-loss"] = RecipeBook.Get("dense") with
{
    Loss = new SoftmaxCrossEntropyLoss { LabelSmoothing = 0.1 },
    Optimizer = new AdamW(),
    Training = new() { BalanceClasses = true, BatchSize = 100, Schedule = Schedule.WarmUp(2, Schedule.Cosine(0.1)) },
};
recipes["rules-average"] = RecipeBook.Get("dense") with
{
    Layers = [Layer.Dense(70, bias: false), Layer.BatchNormalization(Activation.ReLU), Layer.Dense(10)],
    Training = new() { BatchSize = 100, AverageDecay = 0.8 },
};
// Layers that no recipe has. Odd numbers of channels and features, so that every width of vector and the remainder have something to do.
(string Name, LayerSpec[] Layers)[] layers =
[
    ("layers-of-images",
    [
        Layer.Convolution2D(21, 3, 3, stride: 2, padding: 1), Layer.LayerNormalization(), Layer.GELU(),
        Layer.Residual(Layer.DepthwiseConvolution2D(3, 3, Activation.Tanh, padding: 1), Layer.LayerNormalization(), Layer.Convolution2D(39, 1, 1), Layer.SiLU(), Layer.Convolution2D(21, 1, 1)),
        Layer.DepthwiseConvolution2D(5, 4, stride: 2, padding: 2), Layer.LeakyReLU(), Layer.Softplus(), Layer.GlobalAveragePooling2D(), Layer.Dense(10),
    ]),
    ("layers-of-rows", [Layer.Dense(71), Layer.LayerNormalization(), Layer.GELU(), Layer.Dense(43), Layer.Softplus(), Layer.LayerNormalization(), Layer.SiLU(), Layer.Dense(10), Layer.LeakyReLU(0.3)]),
];
foreach ((string name, LayerSpec[] specs) in layers)
{
    recipes[name] = RecipeBook.Get("dense") with { Layers = specs, Training = new() { BatchSize = 100 } };
}
foreach (Recipe recipe in own)
{
    recipes[recipe.Name] = recipe;
}
foreach ((string name, Recipe recipe) in recipes)
{
    // One and several, some of which have more to do than others; without vectors each of these takes seconds.
    foreach (string threads in threadCounts.Where(count => count is "1" or "3"))
    {
        Console.WriteLine($"recipe {name} {threads} {RecipeHash(recipe, int.Parse(threads))}");
    }
}

static string RecipeHash(Recipe recipe, int threads)
{
    const int Steps = 4;
    Network network = recipe.CreateNetwork();
    Trainer trainer = new(network, recipe.Loss, recipe.Optimizer);
    trainer.StepCompleted += step =>
    {
        if (step.Step == Steps)
        {
            trainer.Stop();
        }
    };
    trainer.Fit(Data.MakeImages([28, 28], samples: 600, classes: 10), recipe.Training with { Epochs = 2, Threads = threads });
    return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(network.Parameters)));
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
            TrainDense(hash, inputs: 43, hidden: 71, activation, loss, optimizers[number++ % optimizers.Length], threads);
        }
    }
    Train(hash, [11, 13],
        [
            Layer.Convolution2D(5, 3, 3, Activation.ReLU, padding: 1), Layer.Dropout(0.4), Layer.Convolution2D(7, 2, 2, Activation.Tanh, stride: 2),
            Layer.Cropping2D(top: 1), Layer.Flatten(), Layer.Dense(Data.Classes),
        ],
        Loss.SoftmaxCrossEntropy, new Sgd { Momentum = 0.9 }, threads);
    Train(hash, [11, 13],
        [
            Layer.Convolution2D(23, 3, 3, Activation.ReLU, padding: 1), Layer.MaxPooling2D(2, 2), Layer.Convolution2D(31, 2, 2, Activation.Tanh),
            Layer.AveragePooling2D(2, 3, stride: 1, padding: 1), Layer.MaxPooling2D(3, 2, stride: 1), Layer.Dense(Data.Classes),
        ],
        Loss.SoftmaxCrossEntropy, new Sgd { Momentum = 0.9 }, threads);
    Train(hash, [11, 13],
        [
            Layer.Convolution2D(5, 3, 3, Activation.ReLU, padding: 1) with { Name = "a" }, Layer.Residual(Layer.Convolution2D(5, 3, 3, Activation.Tanh, padding: 1)) with { Name = "b" },
            Layer.Concatenate("input", "a", "b"), Layer.MaxPooling2D(3, 3), Layer.Dense(33, Activation.ReLU), Layer.Residual(Layer.Dropout(0.3), Layer.Dense(33)), Layer.Dense(Data.Classes),
        ],
        Loss.SoftmaxCrossEntropy, new Sgd { Momentum = 0.9 }, threads);
    Train(hash, [11, 13],
        [
            Layer.Convolution2D(23, 3, 3, padding: 1, bias: false), Layer.BatchNormalization(Activation.ReLU), Layer.MaxPooling2D(2, 2),
            Layer.Residual(Layer.BatchNormalization(Activation.Tanh), Layer.Convolution2D(23, 3, 3, padding: 1)), Layer.Dense(71), Layer.BatchNormalization(Activation.Sigmoid), Layer.Dense(Data.Classes),
        ],
        Loss.SoftmaxCrossEntropy, new Sgd { Momentum = 0.9 }, threads);
    Train(hash, [43], [Layer.GaussianNoise(0.3), Layer.Dense(271), Layer.GaussianNoise(0.3), Layer.LeakyReLU(), Layer.Dense(Data.Classes)], Loss.SoftmaxCrossEntropy, new Adam(), threads);
    // Large enough that the element-wise work and the optimiser are split over threads, too.
    TrainDense(hash, inputs: 121, hidden: 303, Activation.Tanh, Loss.SoftmaxCrossEntropy, new Adam(), threads);
    // Batches in shares: with a thin first layer, which skips blanks one by one, and with standardised samples.
    DataSet images = Data.MakeImages([11, 13], samples: 1200);
    Learn(hash, [11, 13], [Layer.Dense(11, Activation.ReLU), Layer.Dense(Data.Classes)], Loss.SoftmaxCrossEntropy, new Sgd(), images, new() { Epochs = 2, BatchSize = 1200, Threads = threads });
    Learn(
        hash, [11, 13], [Layer.Dense(71, Activation.ReLU), Layer.Dense(Data.Classes)], Loss.SoftmaxCrossEntropy, new Sgd(), images,
        new() { Epochs = 2, BatchSize = 1200, Threads = threads, Standardize = StandardizationScope.Column });
    return Convert.ToHexStringLower(hash.GetHashAndReset());
}

static void TrainDense(IncrementalHash hash, int inputs, int hidden, Activation activation, Loss loss, Optimizer optimizer, int threads) =>
    Train(hash, [inputs], [Layer.Dense(hidden, activation), Layer.Dense(Data.Classes, activation)], loss, optimizer, threads);

static void Train(IncrementalHash hash, Shape input, LayerSpec[] layers, Loss loss, Optimizer optimizer, int threads) =>
    Learn(hash, input, layers, loss, optimizer, Data.Make(input), new() { Epochs = 1, BatchSize = 130, Threads = threads });

static void Learn(IncrementalHash hash, Shape input, LayerSpec[] layers, Loss loss, Optimizer optimizer, DataSet data, TrainingOptions options)
{
    Network network = Network.Create(input, layers);
    Trainer trainer = new(network, loss, optimizer);
    trainer.StepCompleted += step => hash.AppendData(BitConverter.GetBytes(step.Loss));
    TrainingHistory history = trainer.Fit(data, options);
    hash.AppendData(BitConverter.GetBytes(history.Best!.ValidationLoss!.Value));
    hash.AppendData(MemoryMarshal.AsBytes(network.Parameters));
}
