using System.Text.Json.Serialization;

namespace Nabla.Extending.Tests;

/// <summary>Multiplies each value by a learnt number of its own: a layer with a parameter, which takes samples one by one.</summary>
public sealed record ScaleSpec : LayerSpec
{
    public double Initial { get; init; } = 1;

    public override Layer Build(LayerBuilder builder) => new Scale(builder, this);
}

public sealed class Scale : Layer
{
    private readonly Parameter _scale;

    public Scale(LayerBuilder builder, ScaleSpec spec)
        : base(builder, builder.InputShape) =>
        _scale = builder.AddParameter(ParameterRole.Scale, [OutputShape.Size], new ConstantInitializer(spec.Initial));

    public override bool TakesSamplesOneByOne => true;

    public override void Forward(in LayerPass pass)
    {
        ReadOnlySpan<float> input = pass.Input(), scale = pass.Values(_scale);
        Span<float> output = pass.Output;
        for (int i = 0; i < input.Length; i++)
        {
            output[i] = input[i] * scale[i % scale.Length];
        }
    }

    public override void Backward(in LayerPass pass)
    {
        ReadOnlySpan<float> input = pass.Input(), scale = pass.Values(_scale), dOutput = pass.OutputGradient;
        Span<float> dInput = pass.InputGradient(), dScale = pass.Gradient(_scale);
        for (int i = 0; i < dInput.Length; i++)
        {
            dInput[i] = dOutput[i] * scale[i % scale.Length];
        }
        dScale.Clear();
        for (int i = 0; i < dOutput.Length; i++)
        {
            dScale[i % scale.Length] += dOutput[i] * input[i];
        }
    }
}

/// <summary>Takes from each value the mean of the samples seen so far: a layer with a buffer.</summary>
public sealed record CenterSpec : LayerSpec
{
    public required double Momentum { get; init; }

    public override Layer Build(LayerBuilder builder) => new Center(builder, this);
}

public sealed class Center : Layer
{
    private readonly LayerBuffer _mean;
    private readonly float _momentum;

    public Center(LayerBuilder builder, CenterSpec spec)
        : base(builder, builder.InputShape)
    {
        _mean = builder.AddBuffer("mean", [OutputShape.Size]);
        _momentum = (float)spec.Momentum;
    }

    public override void Forward(in LayerPass pass)
    {
        Span<float> mean = pass.Values(_mean), output = pass.Output;
        ReadOnlySpan<float> input = pass.Input();
        for (int i = 0; i < input.Length; i++)
        {
            output[i] = input[i] - mean[i % mean.Length];
        }
        for (int i = 0; i < input.Length && pass.IsTraining; i++)
        {
            mean[i % mean.Length] += (1 - _momentum) * (input[i] - mean[i % mean.Length]) / pass.Rows;
        }
    }

    public override void Backward(in LayerPass pass)
    {
        if (!pass.InputGradient().IsEmpty)
        {
            pass.OutputGradient.CopyTo(pass.InputGradient());
        }
    }
}

/// <summary>Subtracts from each feature its mean over the batch: a layer that needs the whole batch, and gets along with some of its shards.</summary>
public sealed record BatchCenterSpec : LayerSpec
{
    public override Layer Build(LayerBuilder builder) => new BatchCenter(builder);
}

public sealed class BatchCenter(LayerBuilder builder) : Layer(builder, builder.InputShape)
{
    public override bool NeedsWholeBatch => true;

    public override bool SharesSums => true;

    public override int ScratchSize => LayerPass.MaxShards * OutputShape.Size;

    public override void Forward(in LayerPass pass)
    {
        if (pass.IsTraining)
        {
            Subtract(pass, pass.Input(), pass.Output);
        }
        else
        {
            pass.Input().CopyTo(pass.Output);
        }
    }

    public override void Backward(in LayerPass pass)
    {
        if (!pass.InputGradient().IsEmpty)
        {
            Subtract(pass, pass.OutputGradient, pass.InputGradient());
        }
    }

    private void Subtract(in LayerPass pass, ReadOnlySpan<float> from, Span<float> to)
    {
        int size = OutputShape.Size, row = 0;
        ReadOnlySpan<int> starts = pass.ShardStarts;
        Span<float> sums = pass.Scratch[..((starts.Length - 1) * size)];
        for (int shard = pass.FirstShard; shard < pass.EndShard; shard++)
        {
            Span<float> sum = sums.Slice(shard * size, size);
            sum.Clear();
            for (int end = row + starts[shard + 1] - starts[shard]; row < end; row++)
            {
                for (int i = 0; i < size; i++)
                {
                    sum[i] += from[row * size + i];
                }
            }
        }
        pass.ShareShards(sums);
        for (int i = 0; i < size; i++)
        {
            float mean = 0;
            for (int shard = 0; shard < starts.Length - 1; shard++)
            {
                mean += sums[shard * size + i];
            }
            mean /= starts[^1];
            for (row = 0; row < pass.Rows; row++)
            {
                to[row * size + i] = from[row * size + i] - mean;
            }
        }
    }
}

/// <summary>Multiplies two values, element by element, and adds noise in training: a layer that reads two and draws random numbers.</summary>
public sealed record NoisyProductSpec : LayerSpec
{
    public double Deviation { get; init; } = 0.1;

    protected override bool TakesSeveralInputs => true;

    public override Layer Build(LayerBuilder builder) => builder.InputShapes is [Shape first, Shape second] && first.Equals(second)
        ? new NoisyProduct(builder, Deviation)
        : throw new ArgumentException($"{builder.Name} multiplies two values of one shape, but gets {string.Join(" and ", builder.InputShapes)}.");
}

public sealed class NoisyProduct(LayerBuilder builder, double deviation) : Layer(builder, builder.InputShape)
{
    public override bool TakesSamplesOneByOne => true;

    public override void Forward(in LayerPass pass)
    {
        int size = OutputShape.Size;
        for (int row = 0; row < pass.Rows; row++)
        {
            Philox random = pass.IsTraining ? pass.RandomFor(row) : default;
            for (int i = row * size; i < (row + 1) * size; i++)
            {
                pass.Output[i] = pass.Input(0)[i] * pass.Input(1)[i] + (pass.IsTraining ? (float)deviation * random.NextNormal() : 0);
            }
        }
    }

    public override void Backward(in LayerPass pass)
    {
        for (int read = 0; read < 2; read++)
        {
            for (int i = 0; i < pass.InputGradient(read).Length; i++)
            {
                pass.InputGradient(read)[i] = pass.OutputGradient[i] * pass.Input(1 - read)[i];
            }
        }
    }
}

/// <summary>Quadratic near the target, linear far from it. Huber, "Robust Estimation of a Location Parameter", 1964.</summary>
public sealed record HuberLoss : Loss
{
    public double Delta { get; init; } = 1;

    protected override double EvaluateRows(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, int width, float divisor)
    {
        double sum = 0;
        for (int i = 0; i < output.Length; i++)
        {
            double difference = (double)output[i] - target[i], inside = Math.Clamp(difference, -Delta, Delta);
            sum += inside * (difference - inside / 2);
            if (!gradient.IsEmpty)
            {
                gradient[i] = (float)inside / divisor;
            }
        }
        return sum;
    }
}

/// <summary>Lion: steps of one size, by the sign of an average of gradients. Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023.</summary>
public sealed record SignMomentum : Optimizer
{
    public SignMomentum() => LearningRate = 1e-3;

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.99;

    public override OptimizerState Start(int parameterCount) => new State(this, parameterCount);

    private sealed class State(SignMomentum options, int parameterCount) : OptimizerState(parameterCount, vectors: 1)
    {
        protected override void Update(in ParameterUpdate update)
        {
            Span<float> momentum = Memory(0, update);
            float beta1 = (float)options.Beta1, beta2 = (float)options.Beta2, rate = (float)update.LearningRate;
            for (int i = 0; i < momentum.Length; i++)
            {
                float g = update.Gradient[i];
                update.Parameters[i] -= rate * MathF.Sign(beta1 * momentum[i] + (1 - beta1) * g);
                momentum[i] = beta2 * momentum[i] + (1 - beta2) * g;
            }
        }
    }
}

/// <summary>The learning rate is halved every few epochs.</summary>
public sealed record HalvingSchedule(int Epochs) : Schedule
{
    public override double Rate(double learningRate, int epoch, long step, long steps) => learningRate / Math.Pow(2, (epoch - 1) / Epochs);
}

/// <summary>All the same number.</summary>
public sealed record ConstantInitializer(double Value) : Initializer
{
    public override void Fill(Span<float> values, int inputs, int outputs, NumPyRandom random) => values.Fill((float)Value);
}

/// <summary>Reads and writes them.</summary>
/// <summary>Makes one pixel full ink, in all its channels.</summary>
public sealed record SpeckAugmentation : Augmentation
{
    public double Ink { get; init; } = 1;

    protected override void Change(ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination, ref Philox random)
    {
        image.CopyTo(destination);
        destination.Slice(random.NextBelow(height * width) * channels, channels).Fill((float)Ink);
    }
}

[JsonSerializable(typeof(ScaleSpec))]
[JsonSerializable(typeof(CenterSpec))]
[JsonSerializable(typeof(NoisyProductSpec))]
[JsonSerializable(typeof(HuberLoss))]
[JsonSerializable(typeof(SignMomentum))]
[JsonSerializable(typeof(HalvingSchedule))]
[JsonSerializable(typeof(ConstantInitializer))]
[JsonSerializable(typeof(SpeckAugmentation))]
internal sealed partial class OwnJson : JsonSerializerContext
{
    public static void Register()
    {
        LayerSpec.Register("scale", new ScaleSpec(), Default);
        LayerSpec.Register("center", new CenterSpec { Momentum = 0.9 }, Default);
        LayerSpec.Register("noisy-product", new NoisyProductSpec(), Default);
        Loss.Register("huber", new HuberLoss(), Default);
        Optimizer.Register("sign-momentum", new SignMomentum(), Default);
        Schedule.Register("halving", new HalvingSchedule(1), Default);
        Initializer.Register("constant", new ConstantInitializer(0), Default);
        Augmentation.Register("speck", new SpeckAugmentation(), Default);
    }
}
