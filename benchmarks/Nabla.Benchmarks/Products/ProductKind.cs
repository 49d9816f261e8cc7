namespace Nabla.Benchmarks.Products;

/// <summary>The three matrix products of a dense layer with inputs x [rows, inner], weights w [inner, columns] and sums s [rows, columns].</summary>
internal enum ProductKind
{
    /// <summary>s = x · w, forward.</summary>
    Forward,

    /// <summary>dw = xᵀ · ds, the gradient of the weights.</summary>
    WeightGradient,

    /// <summary>dx = ds · wᵀ, the gradient of the inputs.</summary>
    InputGradient,
}
