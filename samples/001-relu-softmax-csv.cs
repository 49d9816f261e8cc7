#:project ../src/Nabla.Data/Nabla.Data.csproj
// Notebook 001: 784-10-10, ReLU, softmax cross-entropy, from a CSV file; all 10,000 training images make one batch.
//     dotnet run samples/001-relu-softmax-csv.cs          in full
//     dotnet run samples/001-relu-softmax-csv.cs quick    as the tests do
using Nabla;

bool quick = args.Contains("quick");
// What goes wrong, such as missing data, is said in one line.
AppDomain.CurrentDomain.UnhandledException +=
    (_, failure) => { Console.Error.WriteLine(((Exception)failure.ExceptionObject).Message); Environment.Exit(1); };

// Kaggle's mnist_train.csv: a label and 784 grey levels a row. Where it is not there, the same is made of MNIST once and kept.
string csv = Path.Combine(Environment.GetEnvironmentVariable("NABLA_DATA") ?? ".", "mnist_train.csv");
if (!File.Exists(csv))
{
    DirectoryInfo cache = Directory.CreateDirectory(Mnist.CacheFolder ?? Path.GetTempPath());
    csv = Path.Combine(cache.FullName, "mnist_train.csv.gz");
}
if (!File.Exists(csv))
{
    Csv.Write(csv, Mnist.Load().Train);
}
DataSet data = Csv.Read(csv);
Console.WriteLine($"{data.Count} rows of {data.Features.SampleShape.Size + 1} columns");

// Shuffled; then rows 0 to 999 are the development images, rows 1,000 to 10,999 those to learn from.
NumPyRandom random = new(seed: 1);
data = data.Take(random.Permutation(data.Count));
DataSet dev = data.Slice(0, 1000);
DataSet train = data.Slice(1000, 10_000);

// Weights and biases begin between -0.5 and 0.5. Softmax is part of the loss, so the second layer has no activation.
Initializer uniform = Initializer.Uniform(-0.5, 0.5);
Network network = Network.Create(
    input: [28, 28],
    Layer.Dense(10, Activation.ReLU, weights: uniform, biases: uniform),
    Layer.Dense(10, weights: uniform, biases: uniform));
Console.WriteLine(network);

// Gradient descent: each iteration sees all training images. Every bias has a gradient of its own, see docs/notebooks.md.
Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 0.11 });
trainer.EpochCompleted += epoch =>
{
    int iteration = epoch.Epoch - 1;
    if (iteration % 10 == 0)
    {
        Console.WriteLine($"Iteration {iteration}: {epoch.Accuracy:F4}");
    }
};
trainer.Fit(train, new TrainingOptions
{
    Epochs = quick ? 200 : 1000,
    BatchSize = train.Count,
    Order = SampleOrder.AsGiven,
    ValidationFraction = 0,
    // Weights are drawn as tables [outputs, inputs], as the notebook has them.
    Initialization = new Initialization { OutputsFirst = true },
}, random);

Evaluation result = network.Evaluate(dev);
Console.WriteLine($"Development images: {result}");

// The notebook ends at 86.4%, with another shuffle and other initial weights; NumPy with this seed at 85.9%.
double expected = quick ? 0.72 : 0.85;
if (result.Accuracy < expected)
{
    Console.Error.WriteLine($"Too few development images are recognised: {result.Accuracy:0.0%}, expected at least {expected:0.0%}.");
    return 1;
}
return 0;
