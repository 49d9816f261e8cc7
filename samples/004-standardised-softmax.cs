#:project ../src/Nabla.Data/Nabla.Data.csproj
// Notebook 004: 784-128-10, ReLU, softmax cross-entropy, standardised columns; all 60,000 training images make one batch.
//     dotnet run samples/004-standardised-softmax.cs          in full
//     dotnet run samples/004-standardised-softmax.cs quick    as the tests do
using Nabla;

bool quick = args.Contains("quick");
// What goes wrong, such as missing data, is said in one line.
AppDomain.CurrentDomain.UnhandledException +=
    (_, failure) => { Console.Error.WriteLine(((Exception)failure.ExceptionObject).Message); Environment.Exit(1); };

// Keras' mnist.load_data() is a file mnist.npz. Where it is not there, the same images come from MNIST.
string npz = Path.Combine(Environment.GetEnvironmentVariable("NABLA_DATA") ?? ".", "mnist.npz");
DataSet train, test;
if (File.Exists(npz))
{
    DataParts parts = DataFiles.Load(npz);
    (train, test) = (parts.Train, parts.Test!);
    Console.WriteLine($"{parts.Source}: {train.Count} + {test.Count} images");
}
else
{
    (train, test, string source) = Mnist.Load();
    Console.WriteLine($"{npz} is not there, so from {source}");
}

if (quick)
{
    train = train.Slice(0, 6000);
}

// The notebook's class NN. Biases begin at zero; softmax is part of the loss.
Initializer normal = Initializer.Normal(0.01);
Network network = Network.Create(
    input: [28, 28],
    Layer.Dense(128, Activation.ReLU, weights: normal),
    Layer.Dense(10, weights: normal));
// Grey levels as they are, since they are standardised.
network.Preprocessing = new Preprocessing { ByteDivisor = 1 };
Console.WriteLine(network);

// Gradient descent: each iteration sees all training images. One mean and one deviation for each of the 28 columns come
// from the training images and hold for the test images too; the notebook takes others for those, see docs/notebooks.md.
Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 0.01 });
trainer.EpochCompleted += epoch =>
{
    int iteration = epoch.Epoch - 1;
    if (iteration % 100 == 0)
    {
        Console.WriteLine($"Iteration {iteration}: Loss = {epoch.Loss:F6}");
    }
};
trainer.Fit(train, new TrainingOptions
{
    Epochs = quick ? 200 : 1000,
    BatchSize = train.Count,
    Order = SampleOrder.AsGiven,
    ValidationFraction = 0,
    Standardize = StandardizationScope.Column,
    // Weights are drawn as tables [outputs, inputs], as the notebook has them.
    Initialization = new Initialization { OutputsFirst = true },
});

Console.WriteLine($"Train Accuracy: {network.Evaluate(train).Accuracy:0.00%}");
double accuracy = network.Evaluate(test).Accuracy!.Value;
Console.WriteLine($"Test Accuracy: {accuracy:0.00%}");

// The notebook stops with an error before it prints a figure; NumPy, with the error mended, ends at 90.21%.
double expected = quick ? 0.60 : 0.90;
if (accuracy < expected)
{
    Console.Error.WriteLine($"Too few test images are recognised: {accuracy:0.00%}, expected at least {expected:0.00%}.");
    return 1;
}
return 0;
