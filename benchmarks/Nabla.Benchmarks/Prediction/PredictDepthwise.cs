using Nabla.Benchmarks.Workloads;

namespace Nabla.Benchmarks.Prediction;

internal sealed class PredictDepthwise : PredictionWorkload
{
    public override string Name => "predict-depthwise";

    public override string Description => "10,000 images, 3×3 of 32, stride 2, then twice 3×3 depthwise and 1×1, to 64 and 128 channels";

    public override int Images => 10_000;

    protected override LayerSpec[] Layers => DepthwiseSeparable.Network;
}
