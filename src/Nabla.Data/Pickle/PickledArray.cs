namespace Nabla;

/// <summary>NumPy's array while a pickle makes it: the contents follow later.</summary>
internal sealed class PickledArray
{
    /// <summary>The array, or null before its contents have come.</summary>
    public NumericArray? Value { get; set; }
}
