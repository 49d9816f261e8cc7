using Nabla.Benchmarks.Training;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

internal sealed class ReluSoftmaxFullBatch : AutogradWorkload
{
    public override string Name => "relu-softmax-full-batch";

    public override string Description => "784-10-10, ReLU, softmax, one batch of 10,000";

    public override Cost Cost => base.Cost with { MemoryBytes = 4.0 * 784 * BatchSize };

    public override int Samples => 10_000;

    public override int BatchSize => 10_000;

    public override double LearningRate => 0.11;

    public override Loss Loss => Loss.SoftmaxCrossEntropy;

    public override LayerSpec[] Layers(double dropout)
    {
        Initializer uniform = Initializer.Uniform(-0.5, 0.5);
        return [Layer.Dense(10, Activation.ReLU, weights: uniform, biases: uniform), Layer.Dense(10, weights: uniform, biases: uniform)];
    }

    public override Tensor TorchForward(Tensor x, Tensor[] p, double dropout) =>
        addmm(p[3], addmm(p[1], x, p[0], 1, 1).relu_(), p[2], 1, 1);
}
