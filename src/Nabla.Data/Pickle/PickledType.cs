namespace Nabla;

/// <summary>NumPy's type of numbers while a pickle makes it: the byte order follows later.</summary>
/// <param name="type">The type.</param>
internal sealed class PickledType(NumericType type)
{
    /// <summary>The type with the byte order that is known so far.</summary>
    public NumericType Type { get; set; } = type;
}
