using Nabla.Benchmarks.Training;
using Nabla.Benchmarks.Workloads;

namespace Nabla.Benchmarks.Prediction;

/// <summary>The residual network of the training workload, with batch normalisation folded into the convolutions in both programs.</summary>
internal sealed class PredictResidual : PredictionWorkload
{
    public override string Name => "predict-residual";

    public override string Description => "10,000 images, two residual blocks of 16 and 32 channels, batch normalisation folded";

    public override int Images => 10_000;

    protected override LayerSpec[] Layers => ResidualNormalized.Network;

    public override OnnxModel Model()
    {
        OnnxModel model = new([1, 28, 28], [.. Parameters.Select(ImageLayout.ChannelsFirst)]);
        int next = 0;
        Convolution(stride: 1).Relu().MaxPool(2);
        Block();
        Convolution(stride: 2).Relu();
        Block();
        return model.GlobalAveragePool().Flatten().Gemm(next, next + 1);

        OnnxModel Convolution(int stride) => model.Conv(next++, next++, stride, padding: 1);

        void Block()
        {
            string shortcut = model.Current;
            Convolution(stride: 1).Relu();
            Convolution(stride: 1).Add(shortcut).Relu();
        }
    }
}
