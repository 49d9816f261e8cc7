using Nabla.Benchmarks.Training;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

/// <summary>The network of the recipes quick and fast99.</summary>
internal sealed class QuickConvolution : AutogradWorkload
{
    public override string Name => "quick";

    public override string Description => "the recipe 'quick': 16 of 5×5, stride 2, 32 of 3×3, stride 2, 48 of 3×3, each with batch normalisation, dense 10, softmax, batch 128";

    public override IReadOnlyList<Peer> Peers => [Peer.Nabla, Peer.TorchSharp];

    public override int Samples => 12_800;

    public override int BatchSize => 128;

    public override double LearningRate => 0.01;

    public override Loss Loss => Loss.SoftmaxCrossEntropy;

    public override LayerSpec[] Layers(double dropout) => [.. RecipeBook.Get("quick").Layers];

    public override long[] TorchShape => [1, 28, 28];

    public override (Shape Shape, float[] Values) ChannelsFirst(int index, (Shape Shape, float[] Values) parameter) =>
        parameter.Shape.Count == 2 ? ImageLayout.DenseWeights(parameter, pixels: 5 * 5) : ImageLayout.ChannelsFirst(parameter);

    public override Tensor TorchForward(Tensor x, Tensor[] p, double dropout)
    {
        int next = 0;
        Tensor y = NormalizedConvolution(x, p, ref next, stride: 2, padding: 2).relu_();
        y = NormalizedConvolution(y, p, ref next, stride: 2, padding: 1).relu_();
        y = NormalizedConvolution(y, p, ref next, stride: 1, padding: 0).relu_();
        return addmm(p[next + 1], y.flatten(1), p[next], 1, 1);
    }
}
