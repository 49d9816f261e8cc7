using Nabla.Benchmarks.Training;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

internal sealed class DepthwiseSeparable : AutogradWorkload
{
    /// <summary>The network; prediction is measured with it, too.</summary>
    public static LayerSpec[] Network =>
    [
        Layer.Convolution2D(32, 3, 3, Activation.ReLU, stride: 2, padding: 1),
        Layer.DepthwiseConvolution2D(3, 3, Activation.ReLU, padding: 1),
        Layer.Convolution2D(64, 1, 1, Activation.ReLU),
        Layer.DepthwiseConvolution2D(3, 3, Activation.ReLU, stride: 2, padding: 1),
        Layer.Convolution2D(128, 1, 1, Activation.ReLU),
        Layer.GlobalAveragePooling2D(),
        Layer.Dense(10),
    ];

    public override string Name => "depthwise-separable";

    public override string Description => "3×3 of 32, stride 2, then twice 3×3 depthwise and 1×1, to 64 and 128 channels, ReLU, global pool, softmax, batch 128";

    public override IReadOnlyList<Peer> Peers => [Peer.Nabla, Peer.TorchSharp];

    public override int Samples => 12_800;

    public override int BatchSize => 128;

    public override double LearningRate => 0.05;

    public override Loss Loss => Loss.SoftmaxCrossEntropy;

    public override LayerSpec[] Layers(double dropout) => Network;

    public override long[] TorchShape => [1, 28, 28];

    public override (Shape Shape, float[] Values) ChannelsFirst(int index, (Shape Shape, float[] Values) parameter) => ImageLayout.ChannelsFirst(parameter);

    public override Tensor TorchForward(Tensor x, Tensor[] p, double dropout)
    {
        Tensor y = nn.functional.conv2d(x, p[0], p[1], strides: [2, 2], padding: [1, 1]).relu_();
        y = nn.functional.conv2d(y, p[2], p[3], padding: [1, 1], groups: 32).relu_();
        y = nn.functional.conv2d(y, p[4], p[5]).relu_();
        y = nn.functional.conv2d(y, p[6], p[7], strides: [2, 2], padding: [1, 1], groups: 64).relu_();
        y = nn.functional.conv2d(y, p[8], p[9]).relu_();
        return addmm(p[11], y.mean([2, 3]), p[10], 1, 1);
    }
}
