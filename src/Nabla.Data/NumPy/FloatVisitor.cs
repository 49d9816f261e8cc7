using System.Numerics;

namespace Nabla;

/// <summary>Converts numbers to the nearest floats.</summary>
internal readonly struct FloatVisitor : INumericVisitor<float[]>
{
    /// <inheritdoc/>
    public float[] Visit<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        float[] converted = new float[values.Length];
        for (int i = 0; i < converted.Length; i++)
        {
            converted[i] = float.CreateTruncating(values[i]);
        }
        return converted;
    }
}
