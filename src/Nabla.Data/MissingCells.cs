namespace Nabla;

/// <summary>What becomes of cells of a table that are empty, or NA, NaN, N/A, null or a question mark.</summary>
public enum MissingCells
{
    /// <summary>The mean of their column; in a column of words the commonest of them.</summary>
    Mean,

    /// <summary>0; in a column of words none of them.</summary>
    Zero,

    /// <summary>Their rows are left out.</summary>
    Drop,
}
