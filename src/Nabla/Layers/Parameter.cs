namespace Nabla;

/// <summary>What a layer does with a parameter: what is right for one kind, such as weight decay, is often not for another.</summary>
public enum ParameterRole
{
    /// <summary>Weights inputs in sums; its last extent is the outputs.</summary>
    Weight,

    /// <summary>Is added to sums.</summary>
    Bias,

    /// <summary>Multiplies outputs, one by one or channel by channel.</summary>
    Scale,
}

/// <summary>A named view into a network's one vector of parameters (and, at the same place, into its gradient).</summary>
/// <param name="Name">Layer and role: <c>dense1/weight</c>.</param>
/// <param name="Shape">Extents; dense weights are [inputs, outputs], biases [outputs].</param>
/// <param name="Offset">Index of the first number in the vector.</param>
public sealed record Parameter(string Name, Shape Shape, int Offset)
{
    /// <summary>What the layer does with it.</summary>
    public required ParameterRole Role { get; init; }

    /// <summary>How it begins.</summary>
    public required Initializer Initializer { get; init; }

    /// <summary>Inputs that feed one unit.</summary>
    public required int FanIn { get; init; }

    /// <summary>Units that one input feeds.</summary>
    public required int FanOut { get; init; }

    /// <summary>Draws its initial values.</summary>
    /// <param name="all">The vector of all parameters.</param>
    /// <param name="random">Where the numbers come from.</param>
    /// <param name="outputsFirst">Whether weights are drawn unit by unit, all inputs of the first unit before those of the second.</param>
    internal void Initialize(Span<float> all, NumPyRandom random, bool outputsFirst)
    {
        Span<float> values = Of(all);
        Initializer.Fill(values, FanIn, FanOut, random);
        if (outputsFirst && Role == ParameterRole.Weight)
        {
            int outputs = Shape[^1];
            int inputs = values.Length / outputs;
            float[] drawn = values.ToArray();
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = drawn[i % outputs * inputs + i / outputs];
            }
        }
    }

    /// <summary>This parameter's part of a vector of all parameters or of their gradient.</summary>
    public Span<float> Of(Span<float> all) => all.Slice(Offset, Shape.Size);

    /// <summary>This parameter's part of a vector of all parameters or of their gradient.</summary>
    public ReadOnlySpan<float> Of(ReadOnlySpan<float> all) => all.Slice(Offset, Shape.Size);

    /// <summary>Name and shape: <c>dense1/weight [784, 128]</c>.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}

/// <summary>
/// Numbers that a layer keeps beside its parameters and that are saved with them, but that no gradient changes, such as running
/// statistics: a named view into a network's one vector of such numbers (<see cref="Network.Buffers"/>).
/// </summary>
/// <param name="Name">Layer and role: <c>normalization1/mean</c>.</param>
/// <param name="Shape">Extents.</param>
/// <param name="Offset">Index of the first number in the vector.</param>
/// <param name="InitialValue">What all numbers are before training.</param>
public sealed record LayerBuffer(string Name, Shape Shape, int Offset, float InitialValue)
{
    /// <summary>This buffer's part of the vector.</summary>
    public Span<float> Of(Span<float> all) => all.Slice(Offset, Shape.Size);

    /// <summary>Name and shape: <c>normalization1/mean [16]</c>.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
