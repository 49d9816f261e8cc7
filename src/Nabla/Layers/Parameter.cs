namespace Nabla;

/// <summary>A named view into a network's one vector of parameters (and, at the same place, into its gradient).</summary>
/// <param name="Name">Layer and role: <c>dense1/weight</c>.</param>
/// <param name="Shape">Extents; dense weights are [inputs, outputs], biases [outputs].</param>
/// <param name="Offset">Index of the first number in the vector.</param>
public sealed record Parameter(string Name, Shape Shape, int Offset)
{
    /// <summary>This parameter's part of a vector of all parameters or of their gradient.</summary>
    public Span<float> Of(Span<float> all) => all.Slice(Offset, Shape.Size);

    /// <summary>This parameter's part of a vector of all parameters or of their gradient.</summary>
    public ReadOnlySpan<float> Of(ReadOnlySpan<float> all) => all.Slice(Offset, Shape.Size);

    /// <summary>Name and shape: <c>dense1/weight [784, 128]</c>.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
