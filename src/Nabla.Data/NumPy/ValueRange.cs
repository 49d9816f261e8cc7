using System.Numerics;

namespace Nabla;

/// <summary>What kind of numbers an array of pixels holds.</summary>
/// <param name="AreBytes">Whether all are whole numbers of 0 to 255.</param>
/// <param name="Are256ths">Whether all are k/256 with k of 0 to 255.</param>
/// <param name="Greatest">The greatest number.</param>
/// <param name="FirstNotFinite">Index of the first number that is no finite float, or −1.</param>
internal readonly record struct ValueRange(bool AreBytes, bool Are256ths, double Greatest, int FirstNotFinite)
{
    /// <summary>Looks at all numbers of an array.</summary>
    public readonly struct Visitor : INumericVisitor<ValueRange>
    {
        /// <inheritdoc/>
        public ValueRange Visit<T>(ReadOnlySpan<T> values)
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
                    return new ValueRange(false, false, greatest, i);
                }
                areBytes &= value == (byte)value;
                are256ths &= 256 * value == (byte)(256 * value);
                greatest = Math.Max(greatest, value);
            }
            return new ValueRange(areBytes, are256ths, greatest, -1);
        }
    }
}
