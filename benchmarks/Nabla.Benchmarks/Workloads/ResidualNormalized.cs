using Nabla.Benchmarks.Training;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

internal sealed class ResidualNormalized : AutogradWorkload
{
    /// <summary>The network; prediction is measured with it, too.</summary>
    public static LayerSpec[] Network =>
    [
        .. Normalized(16, stride: 1, Activation.ReLU),
        Layer.MaxPooling2D(2, 2),
        Layer.Residual([.. Normalized(16, stride: 1, Activation.ReLU), .. Normalized(16, stride: 1, Activation.Identity)]) with { Activation = Activation.ReLU },
        .. Normalized(32, stride: 2, Activation.ReLU),
        Layer.Residual([.. Normalized(32, stride: 1, Activation.ReLU), .. Normalized(32, stride: 1, Activation.Identity)]) with { Activation = Activation.ReLU },
        Layer.GlobalAveragePooling2D(),
        Layer.Dense(10),
    ];

    public override string Name => "residual-normalized";

    public override string Description => "two residual blocks of 16 and 32 channels, each convolution with batch normalisation, global pool, softmax, batch 128";

    public override IReadOnlyList<Peer> Peers => [Peer.Nabla, Peer.TorchSharp];

    public override int Samples => 12_800;

    public override int BatchSize => 128;

    public override double LearningRate => 0.01;

    public override Loss Loss => Loss.SoftmaxCrossEntropy;

    public override LayerSpec[] Layers(double dropout) => Network;

    public override long[] TorchShape => [1, 28, 28];

    public override (Shape Shape, float[] Values) ChannelsFirst(int index, (Shape Shape, float[] Values) parameter) => ImageLayout.ChannelsFirst(parameter);

    public override Tensor TorchForward(Tensor x, Tensor[] p, double dropout)
    {
        int next = 0;
        Tensor first = nn.functional.max_pool2d(NormalizedConvolution(x, p, ref next, stride: 1, padding: 1).relu_(), 2);
        Tensor second = NormalizedConvolution(Block(first), p, ref next, stride: 2, padding: 1).relu_();
        Tensor pooled = Block(second).mean([2, 3]);
        return addmm(p[next + 1], pooled, p[next], 1, 1);

        Tensor Block(Tensor input)
        {
            Tensor hidden = NormalizedConvolution(input, p, ref next, stride: 1, padding: 1).relu_();
            return NormalizedConvolution(hidden, p, ref next, stride: 1, padding: 1).add_(input).relu_();
        }
    }

    private static LayerSpec[] Normalized(int filters, int stride, Activation activation) =>
        [Layer.Convolution2D(filters, 3, 3, stride: stride, padding: 1, bias: false), Layer.BatchNormalization(activation)];
}
