#:project ../src/Nabla/Nabla.csproj
// A layer, a loss and an optimiser of your own: checked, trained, saved and loaded (docs/extending.md). dotnet run samples/custom-layer.cs
using System.Text.Json.Serialization;
using Nabla;

// Names for files, once, before anything is saved or loaded.
LayerSpec.Register("swish", new SwishSpec(), OwnKinds.Default);
Loss.Register("huber", new HuberLoss(), OwnKinds.Default);
Optimizer.Register("signum", new Signum(), OwnKinds.Default);

// Are the gradients right?
Console.WriteLine($"Swish: {GradientCheck.Layer(new SwishSpec(), [16])}");
Console.WriteLine($"Huber: {GradientCheck.Loss(new HuberLoss(), new TargetVectors([0, 1, -2, 0.5f, 3, 0], 3))}");

TrainAndTest digits = SyntheticDigits.Load();
Network network = Network.Create([28, 28], Layer.Dense(64), new SwishSpec(), Layer.Dense(10));
Trainer trainer = new(network, new HuberLoss(), new Signum { LearningRate = 0.001 }) { Callbacks = { new ConsoleProgress() } };
trainer.Fit(digits.Train, new TrainingOptions { Epochs = 5, Schedule = Schedule.Linear });
Evaluation trained = network.Evaluate(digits.Test);
using MemoryStream file = new();
network.Save(file);
Evaluation loaded = Network.Load(new MemoryStream(file.ToArray())).Evaluate(digits.Test);
Console.WriteLine($"Trained: {trained}\nLoaded:  {loaded}");
return trained.Accuracy > 0.9 && loaded.Loss == trained.Loss ? 0 : 1;

/// <summary>x · sigmoid(s · x), with a slope s for each unit that is learnt. Ramachandran et al., "Searching for Activation Functions", 2017.</summary>
internal sealed record SwishSpec : LayerSpec
{
    public double InitialSlope { get; init; } = 1;
    public override Layer Build(LayerBuilder builder) => new Swish(builder, (float)InitialSlope);
}

internal sealed class Swish(LayerBuilder builder, float initial) : Layer(builder, outputShape: builder.InputShape)
{
    private readonly Parameter _slope =
        builder.AddParameter(ParameterRole.Scale, [builder.InputShape.Size], Initializer.Uniform(initial, initial));

    public override void Forward(in LayerPass pass)
    {
        ReadOnlySpan<float> x = pass.Input(), slope = pass.Values(_slope);
        for (int i = 0; i < x.Length; i++)
        {
            pass.Output[i] = x[i] / (1 + MathF.Exp(-slope[i % slope.Length] * x[i]));
        }
    }

    public override void Backward(in LayerPass pass)
    {
        ReadOnlySpan<float> x = pass.Input(), slope = pass.Values(_slope), dOutput = pass.OutputGradient;
        Span<float> dInput = pass.InputGradient(), dSlope = pass.Gradient(_slope);
        dSlope.Clear(); // gradients are overwritten, not added to
        for (int i = 0; i < x.Length; i++)
        {
            int unit = i % slope.Length;
            float s = 1 / (1 + MathF.Exp(-slope[unit] * x[i])), bend = s * (1 - s) * x[i];
            dSlope[unit] += dOutput[i] * bend * x[i];
            _ = dInput.IsEmpty ? 0 : dInput[i] = dOutput[i] * (s + slope[unit] * bend); // empty where nobody asks for it
        }
    }
}

/// <summary>Half the square of a small error, and for one beyond 1 its size: outliers pull less. Huber, 1964.</summary>
internal sealed record HuberLoss : Loss
{
    protected override double EvaluateRows(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, int width, float divisor)
    {
        double sum = 0;
        for (int i = 0; i < output.Length; i++)
        {
            float error = output[i] - target[i], inside = Math.Clamp(error, -1, 1);
            sum += inside * (error - inside / 2.0);
            _ = gradient.IsEmpty ? 0 : gradient[i] = inside / divisor;
        }
        return sum;
    }
}

/// <summary>Steps of one size, by the sign of a mean of gradients. Bernstein et al., "signSGD", 2018.</summary>
internal sealed record Signum : Optimizer
{
    public Signum() => LearningRate = 1e-4;
    public override OptimizerState Start(int parameterCount) => new SignumState(parameterCount);
}

internal sealed class SignumState(int parameterCount) : OptimizerState(parameterCount, vectors: 1)
{
    protected override void Update(in ParameterUpdate update)
    {
        Span<float> mean = Memory(0, update);
        for (int i = 0; i < mean.Length; i++)
        {
            mean[i] = 0.9f * mean[i] + 0.1f * update.Gradient[i];
            update.Parameters[i] -= (float)update.LearningRate * MathF.Sign(mean[i]);
        }
    }
}

[JsonSerializable(typeof(SwishSpec)), JsonSerializable(typeof(HuberLoss)), JsonSerializable(typeof(Signum))]
internal sealed partial class OwnKinds : JsonSerializerContext;
