namespace Nabla.Benchmarks.Prediction;

internal sealed class PredictOneImage : PredictionWorkload
{
    public override string Name => "predict-one-image";

    public override string Description => "one image, 784-128-10, ReLU";

    public override int Images => 1;

    /// <summary>The initial weights are read for each image.</summary>
    public override Cost Cost => base.Cost with { CacheBytes = 4.0 * 784 * 128 };

    protected override LayerSpec[] Layers => [Layer.Dense(128, Activation.ReLU), Layer.Dense(10)];
}
