using Nabla.Benchmarks.Training;
using Nabla.Benchmarks.Workloads;

namespace Nabla.Benchmarks.Prediction;

internal sealed class PredictDepthwise : PredictionWorkload
{
    public override string Name => "predict-depthwise";

    public override string Description => "10,000 images, 3×3 of 32, stride 2, then twice 3×3 depthwise and 1×1, to 64 and 128 channels";

    public override int Images => 10_000;

    protected override LayerSpec[] Layers => DepthwiseSeparable.Network;

    public override OnnxModel Model() => new OnnxModel([1, 28, 28], [.. Parameters.Select(ImageLayout.ChannelsFirst)])
        .Conv(0, 1, stride: 2, padding: 1).Relu()
        .Conv(2, 3, padding: 1, groups: 32).Relu().Conv(4, 5).Relu()
        .Conv(6, 7, stride: 2, padding: 1, groups: 64).Relu().Conv(8, 9).Relu()
        .GlobalAveragePool().Flatten().Gemm(10, 11);
}
