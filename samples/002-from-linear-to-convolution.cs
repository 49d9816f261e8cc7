#:project ../src/Nabla/Nabla.csproj
// Notebook 002: eight networks, from one linear layer to a convolution, trained on 1,000 images and tested on 1,000 others.
//     dotnet run samples/002-from-linear-to-convolution.cs          in full
//     dotnet run samples/002-from-linear-to-convolution.cs quick    as the tests do
using Nabla;

bool quick = args.Contains("quick");
// What goes wrong, such as missing data, is said in one line.
AppDomain.CurrentDomain.UnhandledException +=
    (_, failure) => { Console.Error.WriteLine(((Exception)failure.ExceptionObject).Message); Environment.Exit(1); };
bool asExpected = true;

// The notebook does not show which images it loads; these are the first 1,000 of either part, divided by 255.
TrainAndTest mnist = Mnist.Load();
DataSet train = mnist.Train.Slice(0, 1000), test = mnist.Test.Slice(0, 1000);

// No layer has biases. Weights begin small, those before tanh smaller.
Initializer small = Initializer.Uniform(-0.1, 0.1), smaller = Initializer.Uniform(-0.01, 0.01);
DenseSpec output = Layer.Dense(10, bias: false, weights: small);
DenseSpec Hidden(int units) => Layer.Dense(units, Activation.ReLU, bias: false, weights: small);

// The notebook's gradient is a sum over the 1,000 images, ours is their mean: its rate of 0.01 is 10 here, and too great.
Learn("Linear, the notebook's rate", 100, batch: 1000, rate: 10, expected: null, Layer.Dense(10, bias: false, weights: Initializer.Zeros));
Learn("Linear", 100, batch: 1000, rate: 0.01, expected: 720, Layer.Dense(10, bias: false, weights: Initializer.Zeros));
Learn("ReLU", 350, batch: 1, rate: 0.01, expected: 774, Hidden(30), output);
Learn("ReLU, dropout", 300, batch: 1, rate: 0.005, expected: 815, Hidden(100), Layer.Dropout(0.5), output);
Learn("ReLU, dropout, batches", 300, batch: 100, rate: 0.1, expected: 732, Hidden(100), Layer.Dropout(0.5), output);
Learn("ReLU, dropout, 400 units", 500, batch: 1, rate: 0.001, expected: 712, Hidden(400), Layer.Dropout(0.5), output);
Learn("ReLU, dropout, 400 units, batches", 500, batch: 100, rate: 0.01, expected: 679, Hidden(400), Layer.Dropout(0.5), output);
// From here on softmax, which is part of the loss. The notebook divides by the batch size twice: its rate of 2 is 2 / 100 and
// 2 / 128 here. Tanh's best row in the notebook is 844; after all 300 iterations it is 842 here.
Learn("Tanh, softmax, dropout", 300, batch: 100, rate: 2.0 / 100, expected: 835,
    Layer.Dense(100, Activation.Tanh, bias: false, weights: smaller), Layer.Dropout(0.5), output);
// 16 kernels of 3×3. The notebook leaves out the last row and column of 26×26 positions, as if the image had 27×27 pixels.
Learn("Convolution, tanh, softmax, dropout", 300, batch: 128, rate: 2.0 / 128, expected: 811,
    Layer.Cropping2D(bottom: 1, right: 1), Layer.Convolution2D(16, 3, 3, Activation.Tanh, bias: false, weights: smaller), Layer.Dropout(0.5), output);
return asExpected ? 0 : 1;

// Trains and tests one network. Expected is how many test images the notebook recognises in its best row (linear and tanh: a
// little less than here); null where training must diverge.
void Learn(string name, int iterations, int batch, double rate, int? expected, params LayerSpec[] layers)
{
    Network network = Network.Create(input: [28, 28], layers);
    Console.WriteLine($"{name}\n{network}");
    Trainer trainer = new(network, name.Contains("softmax") ? Loss.SoftmaxCrossEntropy : Loss.Quadratic, new Sgd { LearningRate = rate });
    trainer.EpochCompleted += epoch =>
    {
        if ((epoch.Epoch - 1) % 50 == 0)
        {
            Console.WriteLine($"  iteration {epoch.Epoch - 1}: {epoch.Accuracy:0.0%} of the training images, {network.Evaluate(test).Accuracy:0.0%} of the test images");
        }
    };
    try
    {
        trainer.Fit(train, new TrainingOptions
        {
            Epochs = quick && expected is not null ? iterations / 25 : iterations,
            BatchSize = batch,
            Order = SampleOrder.AsGiven,
            DropPartialBatch = true,
            ValidationFraction = 0,
        });
        int correct = network.Evaluate(test).Correct!.Value;
        Console.WriteLine($"  at the end: {correct} of {test.Count} test images");
        if (!(correct >= (quick ? expected / 2 : expected)))
        {
            Console.Error.WriteLine($"{name}: {correct} test images are recognised, expected {(expected is null ? "none: training was to diverge" : $"at least {expected}")}.");
            asExpected = false;
        }
    }
    catch (TrainingDivergedException exception) when (expected is null)
    {
        Console.WriteLine($"  {exception.Message}");
    }
}
