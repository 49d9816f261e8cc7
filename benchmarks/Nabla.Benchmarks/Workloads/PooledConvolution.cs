using Nabla.Benchmarks.Training;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

internal sealed class PooledConvolution : AutogradWorkload
{
    /// <summary>The network; prediction is measured with it, too.</summary>
    public static LayerSpec[] Network =>
    [
        Layer.Convolution2D(32, 3, 3, Activation.ReLU),
        Layer.MaxPooling2D(2, 2),
        Layer.Convolution2D(64, 3, 3, Activation.ReLU),
        Layer.MaxPooling2D(2, 2),
        Layer.Dense(128, Activation.ReLU),
        Layer.Dense(10),
    ];

    public override string Name => "pooled-convolution";

    public override string Description => "32 of 3×3, pool, 64 of 3×3, pool, dense 128, 10, ReLU, softmax, batch 128";

    public override int Samples => 12_800;

    public override int BatchSize => 128;

    public override double LearningRate => 0.05;

    public override Loss Loss => Loss.SoftmaxCrossEntropy;

    public override LayerSpec[] Layers(double dropout) => Network;

    public override long[] TorchShape => [1, 28, 28];

    public override (Shape Shape, float[] Values) ChannelsFirst(int index, (Shape Shape, float[] Values) parameter) => index switch
    {
        0 or 2 => ImageLayout.Kernels(parameter),
        4 => ImageLayout.DenseWeights(parameter, pixels: 5 * 5),
        _ => parameter,
    };

    public override Tensor TorchForward(Tensor x, Tensor[] p, double dropout)
    {
        Tensor first = nn.functional.max_pool2d(nn.functional.conv2d(x, p[0], p[1]).relu_(), 2);
        Tensor second = nn.functional.max_pool2d(nn.functional.conv2d(first, p[2], p[3]).relu_(), 2);
        Tensor hidden = addmm(p[5], second.flatten(1), p[4], 1, 1).relu_();
        return addmm(p[7], hidden, p[6], 1, 1);
    }
}
