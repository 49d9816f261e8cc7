namespace Nabla;

/// <summary>All zeros; draws nothing.</summary>
public sealed record ZerosInitializer : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Span<float> values, int inputs, int outputs, NumPyRandom random) => values.Clear();
}
