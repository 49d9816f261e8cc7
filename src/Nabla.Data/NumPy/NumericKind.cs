namespace Nabla;

/// <summary>What the numbers of an array are; NumPy's letter for it.</summary>
internal enum NumericKind
{
    /// <summary>One byte, 0 or 1.</summary>
    Boolean = 'b',

    /// <summary>A whole number of at least 0.</summary>
    Unsigned = 'u',

    /// <summary>A whole number.</summary>
    Signed = 'i',

    /// <summary>An IEEE 754 number.</summary>
    Float = 'f',
}
