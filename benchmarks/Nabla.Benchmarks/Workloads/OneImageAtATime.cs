using Nabla.Benchmarks.Training;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

internal sealed class OneImageAtATime : TrainingWorkload
{
    public override string Name => "one-image-at-a-time";

    public override string Description => "784-100-10, ReLU, dropout, squared error, batch 1";

    public override string Unit => "images/s";

    /// <summary>The initial weights are read forward, read again and written in the update.</summary>
    public override Cost Cost => base.Cost with { CacheBytes = 3 * 4.0 * 784 * 100 };

    public override int Samples => 1000;

    public override int BatchSize => 1;

    public override double LearningRate => 0.005;

    public override double Dropout => 0.5;

    public override Loss Loss => Loss.Quadratic;

    public override LayerSpec[] Layers(double dropout)
    {
        Initializer uniform = Initializer.Uniform(-0.1, 0.1);
        return [Layer.Dense(100, Activation.ReLU, bias: false, weights: uniform), Layer.Dropout(dropout), Layer.Dense(10, bias: false, weights: uniform)];
    }

    /// <summary>By hand: autograd takes two to three times as long for so little arithmetic.</summary>
    public override Tensor TorchStep(Tensor x, Tensor y, Tensor[] p, double dropout)
    {
        using IDisposable byHand = no_grad();
        Tensor hidden = nn.functional.dropout(x.mm(p[0]).relu_(), dropout);
        Tensor d2 = hidden.mm(p[1]).sub_(y);
        // Above zero is what the ReLU let through and dropout left.
        Tensor d1 = d2.mm(p[1].t()).mul_(hidden.gt(0)).mul_((float)(1 / (1 - dropout)));
        float rate = (float)LearningRate;
        p[1].addmm_(hidden.t(), d2, 1, -rate);
        p[0].addmm_(x.t(), d1, 1, -rate);
        return d2.square().sum() * 0.5f;
    }
}
