using System.Numerics;

namespace Nabla;

/// <summary>Does something with the numbers of an array, whatever their type.</summary>
/// <typeparam name="TResult">What comes of it.</typeparam>
internal interface INumericVisitor<TResult>
{
    /// <summary>Sees all numbers, the last index fastest.</summary>
    TResult Visit<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>;
}

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

/// <summary>Converts numbers to labels, up to the first that is none: its index, else −1, and its value are told.</summary>
/// <param name="classCount">Labels must be below it, and not below 0; null for whole numbers of up to nine digits.</param>
internal readonly struct LabelVisitor(int? classCount) : INumericVisitor<(int[] Labels, int Wrong, string? Value)>
{
    /// <summary>The greatest number that is a label.</summary>
    public const int Greatest = 999_999_999;

    /// <inheritdoc/>
    public (int[] Labels, int Wrong, string? Value) Visit<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        int[] labels = new int[values.Length];
        (int least, int greatest) = classCount is int count ? (0, count - 1) : (-Greatest, Greatest);
        for (int i = 0; i < labels.Length; i++)
        {
            T value = values[i];
            // Types that cannot hold the bounds saturate.
            if (!T.IsInteger(value) || value < T.CreateSaturating(least) && !T.IsZero(value) || value > T.CreateSaturating(greatest))
            {
                return (labels, i, value.ToString(null, null));
            }
            labels[i] = int.CreateTruncating(value);
        }
        return (labels, -1, null);
    }
}

/// <summary>Finds the class of each one-hot row, up to the first that is none: its index is told, else −1.</summary>
/// <param name="classCount">Numbers a row: one of them 1, all others 0.</param>
internal readonly struct OneHotVisitor(int classCount) : INumericVisitor<(int[] Labels, int Wrong)>
{
    /// <inheritdoc/>
    public (int[] Labels, int Wrong) Visit<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        int[] labels = new int[values.Length / classCount];
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<T> row = values.Slice(i * classCount, classCount);
            int label = row.IndexOf(T.One);
            if (label < 0 || row[..label].ContainsAnyExcept(T.Zero) || row[(label + 1)..].ContainsAnyExcept(T.Zero))
            {
                return (labels, i);
            }
            labels[i] = label;
        }
        return (labels, -1);
    }
}

/// <summary>What kind of numbers an array of pixels holds.</summary>
/// <param name="AreBytes">Whether all are whole numbers of 0 to 255.</param>
/// <param name="Are256ths">Whether all are k/256 with k of 0 to 255.</param>
/// <param name="Greatest">The greatest number.</param>
/// <param name="FirstNotFinite">Index of the first number that is no finite float, or −1.</param>
internal readonly record struct NumberKinds(bool AreBytes, bool Are256ths, double Greatest, int FirstNotFinite)
{
    /// <summary>Looks at all numbers of an array.</summary>
    public readonly struct Visitor : INumericVisitor<NumberKinds>
    {
        /// <inheritdoc/>
        public NumberKinds Visit<T>(ReadOnlySpan<T> values)
            where T : unmanaged, INumber<T>
        {
            bool areBytes = true;
            bool are256ths = true;
            double greatest = double.NegativeInfinity;
            for (int i = 0; i < values.Length; i++)
            {
                double value = double.CreateTruncating(values[i]);
                if (!float.IsFinite((float)value))
                {
                    return new NumberKinds(false, false, greatest, i);
                }
                areBytes &= value == (byte)value;
                are256ths &= 256 * value == (byte)(256 * value);
                greatest = Math.Max(greatest, value);
            }
            return new NumberKinds(areBytes, are256ths, greatest, -1);
        }
    }
}
