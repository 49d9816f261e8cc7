using Nabla.Benchmarks.Training;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

internal sealed class TanhDropoutBatch : AutogradWorkload
{
    public override string Name => "tanh-softmax";

    public override string Description => "784-100-10, tanh, dropout, softmax, batch 100";

    public override int Samples => 1000;

    public override int BatchSize => 100;

    public override double LearningRate => 0.02;

    public override double Dropout => 0.5;

    public override Loss Loss => Loss.SoftmaxCrossEntropy;

    public override LayerSpec[] Layers(double dropout) =>
    [
        Layer.Dense(100, Activation.Tanh, bias: false, weights: Initializer.Uniform(-0.01, 0.01)),
        Layer.Dropout(dropout),
        Layer.Dense(10, bias: false, weights: Initializer.Uniform(-0.1, 0.1)),
    ];

    public override Tensor TorchForward(Tensor x, Tensor[] p, double dropout) =>
        nn.functional.dropout(x.mm(p[0]).tanh_(), dropout).mm(p[1]);
}
