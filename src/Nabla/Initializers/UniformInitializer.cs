namespace Nabla;

/// <summary>Uniform numbers in [<paramref name="Low"/>, <paramref name="High"/>).</summary>
/// <param name="Low">Least number.</param>
/// <param name="High">Bound above all numbers, at least <paramref name="Low"/>.</param>
public sealed record UniformInitializer(double Low, double High) : Initializer
{
    /// <summary>Bound above all numbers.</summary>
    public double High { get; } = High >= Low && double.IsFinite(High) && double.IsFinite(Low)
        ? High
        : throw new ArgumentOutOfRangeException(nameof(High), High, $"The upper bound must be a number of at least the lower, {Low}.");

    /// <inheritdoc/>
    public override void Fill(Span<float> values, int inputs, int outputs, NumPyRandom random)
    {
        foreach (ref float value in values)
        {
            value = (float)random.NextUniform(Low, High);
        }
    }
}
