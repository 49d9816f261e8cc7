using Nabla.Benchmarks.Prediction;
using Nabla.Benchmarks.Products;
using Nabla.Benchmarks.Workloads;

namespace Nabla.Benchmarks;

/// <summary>All workloads, in the order of the table.</summary>
internal static class WorkloadList
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        new DeepSigmoid(),
        new ReluSoftmaxFullBatch(),
        new ReluSoftmaxClass(),
        new OneImageAtATime(),
        new TanhDropoutBatch(),
        new Convolution(),
        new PooledConvolution(),
        new QuickConvolution(),
        new ResidualNormalized(),
        new DepthwiseSeparable(),
        Square(1024),
        Square(2048),
        .. LayerProducts(30, 784, 300),
        .. LayerProducts(100, 784, 100),
        .. LayerProducts(512, 784, 128),
        .. LayerProducts(512, 128, 10),
        new PredictOneImage(),
        new PredictPooledConvolution(),
        new PredictResidual(),
        new PredictDepthwise(),
    ];

    private static ProductWorkload Square(int size) =>
        new(ProductKind.Forward, size, size, size, alsoAllThreads: true);

    private static IEnumerable<ProductWorkload> LayerProducts(int rows, int inner, int columns) =>
        Enum.GetValues<ProductKind>().Select(kind => new ProductWorkload(kind, rows, inner, columns, alsoAllThreads: false));
}
