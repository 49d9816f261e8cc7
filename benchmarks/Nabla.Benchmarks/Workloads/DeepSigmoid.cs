using Nabla.Benchmarks.Training;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

internal sealed class DeepSigmoid : AutogradWorkload
{
    public override string Name => "deep-sigmoid";

    public override string Description => "784-300-100-10, sigmoid, squared error, batch 30";

    public override int Samples => 50_000;

    public override int BatchSize => 30;

    public override double LearningRate => 2;

    public override Loss Loss => Loss.Quadratic;

    public override Preprocessing Preprocessing(Features images) => new() { ByteDivisor = 256 };

    public override LayerSpec[] Layers(double dropout)
    {
        Initializer normal = Initializer.Normal(1);
        return
        [
            Layer.Dense(300, Activation.Sigmoid, weights: normal, biases: normal),
            Layer.Dense(100, Activation.Sigmoid, weights: normal, biases: normal),
            Layer.Dense(10, Activation.Sigmoid, weights: normal, biases: normal),
        ];
    }

    public override Tensor TorchForward(Tensor x, Tensor[] p, double dropout)
    {
        Tensor first = addmm(p[1], x, p[0], 1, 1).sigmoid_();
        Tensor second = addmm(p[3], first, p[2], 1, 1).sigmoid_();
        return addmm(p[5], second, p[4], 1, 1).sigmoid_();
    }
}
