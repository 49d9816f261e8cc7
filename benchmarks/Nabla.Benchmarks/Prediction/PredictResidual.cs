using Nabla.Benchmarks.Workloads;

namespace Nabla.Benchmarks.Prediction;

/// <summary>The residual network of the training workload, with batch normalisation folded into the convolutions in both programs.</summary>
internal sealed class PredictResidual : PredictionWorkload
{
    public override string Name => "predict-residual";

    public override string Description => "10,000 images, two residual blocks of 16 and 32 channels, batch normalisation folded";

    public override int Images => 10_000;

    protected override LayerSpec[] Layers => ResidualNormalized.Network;
}
