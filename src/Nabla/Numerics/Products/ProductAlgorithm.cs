namespace Nabla.Numerics;

/// <summary>The ways to compute a matrix product. They differ in speed, never in bits.</summary>
internal enum ProductAlgorithm
{
    /// <summary>Tiles of the result, threads by its rows or columns (<see cref="MatrixJob"/>).</summary>
    Tiles,

    /// <summary>Tiles, threads by the inner index, whose sums go from one to the next (<see cref="MatrixPipelineJob"/>).</summary>
    Pipeline,

    /// <summary>One row, whose zeros are left out (<see cref="SparseRow.Multiply"/>).</summary>
    OneRow,

    /// <summary>A column times a row, whose zeros are left out (<see cref="SparseRow.AddOuterProduct"/>).</summary>
    OuterProduct,

    /// <summary>A result of few columns, transposed; threads by its rows (<see cref="TransposedProduct.ComputeThinResult"/>).</summary>
    ThinResult,

    /// <summary>The same, threads by the inner index (<see cref="TransposedProduct.RunThinResultBySamples"/>).</summary>
    ThinResultBySamples,

    /// <summary>A right matrix that is transposed and larger than all else, read as it is (<see cref="TransposedProduct.ComputeLargeRight"/>).</summary>
    LargeRight,

    /// <summary>In a browser: row by row, with zeros left out (<see cref="RowProduct"/>).</summary>
    Rows,
}
