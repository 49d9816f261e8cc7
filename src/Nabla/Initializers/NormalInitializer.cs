namespace Nabla;

/// <summary>Normal numbers of mean 0: <c>deviation * randn(…)</c>.</summary>
/// <param name="Deviation">Standard deviation, at least 0.</param>
public sealed record NormalInitializer(double Deviation) : Initializer
{
    /// <summary>Standard deviation, at least 0.</summary>
    public double Deviation { get; } = Deviation >= 0 && double.IsFinite(Deviation)
        ? Deviation
        : throw new ArgumentOutOfRangeException(nameof(Deviation), Deviation, "The standard deviation must be a number of at least 0.");

    /// <inheritdoc/>
    public override void Fill(Span<float> values, int inputs, int outputs, NumPyRandom random)
    {
        foreach (ref float value in values)
        {
            value = (float)random.NextNormal(0, Deviation);
        }
    }
}
