using System.Numerics;

namespace Nabla;

/// <summary>Converts numbers that are bytes once they are multiplied by <paramref name="factor"/>.</summary>
/// <param name="factor">1 or 256.</param>
internal readonly struct ByteVisitor(float factor) : INumericVisitor<byte[]>
{
    /// <inheritdoc/>
    public byte[] Visit<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        byte[] converted = new byte[values.Length];
        for (int i = 0; i < converted.Length; i++)
        {
            converted[i] = (byte)(factor * float.CreateTruncating(values[i]));
        }
        return converted;
    }
}
