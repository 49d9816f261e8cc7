using Nabla.Benchmarks.Workloads;

namespace Nabla.Benchmarks.Prediction;

internal sealed class PredictPooledConvolution : PredictionWorkload
{
    public override string Name => "predict-pooled-convolution";

    public override string Description => "10,000 images, 32 of 3×3, pool, 64 of 3×3, pool, dense 128, 10, ReLU";

    public override int Images => 10_000;

    protected override LayerSpec[] Layers => PooledConvolution.Network;

    public override OnnxModel Model()
    {
        OnnxModel model = new([1, 28, 28], [.. Parameters.Select((parameter, index) => PooledConvolution.Transposed(index, parameter))]);
        return model.Conv(weights: 0, biases: 1).Relu().MaxPool(2).Conv(weights: 2, biases: 3).Relu().MaxPool(2)
            .Flatten().Gemm(weights: 4, biases: 5).Relu().Gemm(weights: 6, biases: 7);
    }
}
