using System.Text.Json.Nodes;

namespace Nabla.Benchmarks.Products;

/// <summary>One product of two matrices, in the shape in which a layer with a batch needs it.</summary>
internal sealed class ProductWorkload(ProductKind kind, int rows, int inner, int columns, bool alsoAllThreads) : Workload
{
    private readonly Lazy<(float[] Left, float[] Right)> _factors = new(() => Factors(kind, rows, inner, columns));

    public ProductKind Kind => kind;

    /// <summary>Samples of the batch.</summary>
    public int Rows => rows;

    /// <summary>Inputs of the layer.</summary>
    public int Inner => inner;

    /// <summary>Outputs of the layer.</summary>
    public int Columns => columns;

    /// <summary>Extents of the left factor as it stands in memory.</summary>
    public Shape LeftShape => kind == ProductKind.InputGradient ? [rows, columns] : [rows, inner];

    /// <summary>Extents of the right factor as it stands in memory.</summary>
    public Shape RightShape => kind == ProductKind.WeightGradient ? [rows, columns] : [inner, columns];

    public Shape ResultShape => kind switch
    {
        ProductKind.Forward => [rows, columns],
        ProductKind.WeightGradient => [inner, columns],
        _ => [rows, inner],
    };

    public float[] Left => _factors.Value.Left;

    public float[] Right => _factors.Value.Right;

    public override string Name => kind switch
    {
        ProductKind.Forward => $"product-{rows}x{inner}x{columns}",
        ProductKind.WeightGradient => $"product-{rows}x{inner}x{columns}-weights",
        _ => $"product-{rows}x{inner}x{columns}-inputs",
    };

    public override string Description => kind switch
    {
        ProductKind.Forward => $"{rows}×{inner} · {inner}×{columns}",
        ProductKind.WeightGradient => $"({rows}×{inner})ᵀ · {rows}×{columns}",
        _ => $"{rows}×{columns} · ({inner}×{columns})ᵀ",
    };

    public override string Unit => "GFLOP/s";

    public override double UnitsPerRun => Cost.Flops / 1e9;

    public override Cost Cost => new(2.0 * rows * inner * columns);

    public override IEnumerable<int> ThreadCounts(int threads) => alsoAllThreads && threads > 1 ? [1, threads] : [1];

    public override IContestant Start(Peer peer, int threads) => peer switch
    {
        Peer.Nabla => new NablaProduct(this, threads),
        Peer.TorchSharp => new TorchProduct(this, threads),
        _ => new NumPyProcess("product", threads, new JsonObject { ["kind"] = kind.ToString() }, ("left", LeftShape, Left), ("right", RightShape, Right)),
    };

    /// <summary>Of a result: its first, middle and last element, and the sum of all squares.</summary>
    public static double[] Figures(ReadOnlySpan<float> result)
    {
        double squares = 0;
        foreach (float value in result)
        {
            squares += (double)value * value;
        }
        return [result[0], result[result.Length / 2], result[^1], squares];
    }

    private static (float[] Left, float[] Right) Factors(ProductKind kind, int rows, int inner, int columns)
    {
        NumPyRandom random = new(1);
        int left = rows * (kind == ProductKind.InputGradient ? columns : inner);
        int right = columns * (kind == ProductKind.WeightGradient ? rows : inner);
        return (Uniform(left), Uniform(right));

        // Of one sign, so that no element of the result is a small difference of large sums.
        float[] Uniform(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble())];
    }
}
