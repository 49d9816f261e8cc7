using Nabla.Benchmarks.Training;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

/// <summary>The notebook leaves out the last row and the last column.</summary>
internal sealed class Convolution : AutogradWorkload
{
    public override string Name => "convolution";

    public override string Description => "16 kernels of 3×3, tanh, dropout, dense 10, softmax, batch 128";

    public override int Samples => 896;

    public override int BatchSize => 128;

    public override double LearningRate => 2.0 / 128;

    public override double Dropout => 0.5;

    public override Loss Loss => Loss.SoftmaxCrossEntropy;

    public override LayerSpec[] Layers(double dropout) =>
    [
        Layer.Cropping2D(bottom: 1, right: 1),
        Layer.Convolution2D(16, 3, 3, Activation.Tanh, bias: false, weights: Initializer.Uniform(-0.01, 0.01)),
        Layer.Dropout(dropout),
        Layer.Dense(10, bias: false, weights: Initializer.Uniform(-0.1, 0.1)),
    ];

    public override long[] TorchShape => [1, 28, 28];

    public override (Shape Shape, float[] Values) ChannelsFirst(int index, (Shape Shape, float[] Values) parameter) =>
        index == 0 ? ImageLayout.Kernels(parameter) : ImageLayout.DenseWeights(parameter, pixels: 25 * 25);

    public override Tensor TorchForward(Tensor x, Tensor[] p, double dropout)
    {
        Tensor cropped = x.narrow(2, 0, 27).narrow(3, 0, 27);
        Tensor maps = nn.functional.conv2d(cropped, p[0]).tanh_();
        return nn.functional.dropout(maps.flatten(1), dropout).mm(p[1]);
    }
}
