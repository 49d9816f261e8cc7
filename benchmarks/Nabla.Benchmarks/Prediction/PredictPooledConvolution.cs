using Nabla.Benchmarks.Workloads;

namespace Nabla.Benchmarks.Prediction;

internal sealed class PredictPooledConvolution : PredictionWorkload
{
    public override string Name => "predict-pooled-convolution";

    public override string Description => "10,000 images, 32 of 3×3, pool, 64 of 3×3, pool, dense 128, 10, ReLU";

    public override int Images => 10_000;

    protected override LayerSpec[] Layers => PooledConvolution.Network;
}
