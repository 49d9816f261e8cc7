using Nabla.Benchmarks.Training;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

internal sealed class ReluSoftmaxClass : AutogradWorkload
{
    public override string Name => "relu-softmax-class";

    public override string Description => "784-128-10, ReLU, softmax, standardised columns, one batch of 60,000";

    public override Cost Cost => base.Cost with { MemoryBytes = 4.0 * 784 * BatchSize };

    public override int Samples => 60_000;

    public override int BatchSize => 60_000;

    public override double LearningRate => 0.01;

    public override Loss Loss => Loss.SoftmaxCrossEntropy;

    public override Preprocessing Preprocessing(Features images) =>
        new() { ByteDivisor = 1, Standardization = Standardization.Fit(images, 1, StandardizationScope.Column) };

    public override LayerSpec[] Layers(double dropout) =>
        [Layer.Dense(128, Activation.ReLU, weights: Initializer.Normal(0.01)), Layer.Dense(10, weights: Initializer.Normal(0.01))];

    public override Tensor TorchForward(Tensor x, Tensor[] p, double dropout) =>
        addmm(p[3], addmm(p[1], x, p[0], 1, 1).relu_(), p[2], 1, 1);
}
