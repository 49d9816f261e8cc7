using System.Numerics;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// The library's one source of randomness: the sequence of NumPy's legacy <c>RandomState</c>, value for value, so that
/// a notebook that calls <c>np.random.seed(n)</c> can be followed number by number. Not safe for several threads.
/// </summary>
/// <remarks>
/// Everything is exact integer and IEEE arithmetic except <see cref="NextNormal()"/>, which takes one logarithm from the
/// platform's C library, as NumPy does: there, and only there, two operating systems may differ in the last bit.
/// Source of the streams: NumPy's <c>mtrand</c> and <c>legacy-distributions</c>.
/// </remarks>
/// <param name="seed">As given to <c>np.random.seed</c>: any 32-bit value.</param>
public sealed class NumPyRandom(uint seed)
{
    private readonly MersenneTwister _bits = new(seed);
    private double _spareNormal;
    private bool _hasSpareNormal;

    /// <summary>Writes down where it is.</summary>
    internal void Save(Checkpoint checkpoint)
    {
        int[] state = new int[MersenneTwister.StateLength];
        _bits.Save(state);
        checkpoint.Add("random", state);
    }

    /// <summary>What <see cref="NextNormal()"/> has kept for its next call, if it has.</summary>
    internal double? SpareNormal => _hasSpareNormal ? _spareNormal : null;

    /// <summary>Goes on from where it was when the checkpoint was made.</summary>
    internal void Restore(Checkpoint checkpoint)
    {
        int[] state = new int[MersenneTwister.StateLength];
        checkpoint.CopyTo("random", state);
        _bits.Restore(state);
        _hasSpareNormal = checkpoint.Document.SpareNormal is not null;
        _spareNormal = checkpoint.Document.SpareNormal ?? 0;
    }

    /// <summary>A uniform number in [0, 1) with 53 random bits: <c>random_sample()</c>, <c>rand()</c>, <c>random()</c>.</summary>
    public double NextDouble()
    {
        // The upper 27 and 26 bits of two draws make the 53 bits of a double's mantissa.
        uint high = _bits.NextUInt32() >> 5;
        uint low = _bits.NextUInt32() >> 6;
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }

    /// <summary>A uniform number in [<paramref name="low"/>, <paramref name="high"/>): <c>uniform(low, high)</c>.</summary>
    public double NextUniform(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>
    /// A standard normal number: <c>randn()</c>, <c>standard_normal()</c>. Marsaglia's polar method makes two at a time;
    /// the second is kept for the next call.
    /// </summary>
    public double NextNormal()
    {
        if (_hasSpareNormal)
        {
            _hasSpareNormal = false;
            return _spareNormal;
        }
        double x, y, squared;
        do
        {
            x = 2.0 * NextDouble() - 1.0;
            y = 2.0 * NextDouble() - 1.0;
            squared = x * x + y * y;
        }
        while (squared >= 1.0 || squared == 0.0);
        double factor = Math.Sqrt(-2.0 * Math.Log(squared) / squared);
        _spareNormal = factor * x;
        _hasSpareNormal = true;
        return factor * y;
    }

    /// <summary>A normal number of the given mean and standard deviation: <c>normal(mean, deviation)</c>.</summary>
    public double NextNormal(double mean, double deviation) => mean + deviation * NextNormal();

    /// <summary>
    /// A uniform integer in [<paramref name="low"/>, <paramref name="high"/>): <c>randint(low, high)</c> with its default type.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="high"/> is not above <paramref name="low"/>.</exception>
    public int NextInt32(int low, int high)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(low, high);
        return (int)(low + NextUpTo((uint)((long)high - low - 1)));
    }

    /// <summary>A uniform integer in [0, <paramref name="high"/>): <c>randint(high)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="high"/> is below 1.</exception>
    public int NextInt32(int high) => NextInt32(0, high);

    /// <summary>
    /// As many draws as <c>randint(2, size)</c> makes, in a form of which threads can make the coins:
    /// <see cref="DropoutJob.Coin"/>.
    /// </summary>
    internal void DrawCoins(Span<uint> draws) => _bits.CopyUntempered(draws);

    /// <summary>Puts the elements into a random order, in place: <c>shuffle(x)</c>.</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (int i = values.Length - 1; i >= 1; i--)
        {
            int j = (int)NextUpTo((uint)i);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>Puts the rows of a [rows, <paramref name="rowLength"/>] table into a random order, in place: <c>shuffle(table)</c>.</summary>
    /// <exception cref="ArgumentException">The table is not made of whole rows.</exception>
    public void ShuffleRows<T>(Span<T> table, int rowLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowLength, 1);
        if (table.Length % rowLength != 0)
        {
            throw new ArgumentException($"A table of {table.Length} elements is not made of rows of {rowLength}.", nameof(table));
        }
        T[] held = new T[rowLength];
        for (int i = table.Length / rowLength - 1; i >= 1; i--)
        {
            int j = (int)NextUpTo((uint)i);
            Span<T> upper = table.Slice(i * rowLength, rowLength);
            Span<T> lower = table.Slice(j * rowLength, rowLength);
            upper.CopyTo(held);
            lower.CopyTo(upper);
            held.CopyTo(lower);
        }
    }

    /// <summary>The numbers 0 to <paramref name="count"/> − 1 in a random order: <c>permutation(count)</c>.</summary>
    public int[] Permutation(int count)
    {
        int[] values = new int[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = i;
        }
        Shuffle<int>(values);
        return values;
    }

    /// <summary>
    /// Fills <paramref name="chosen"/> with numbers in [0, <paramref name="count"/>), any of them any number of times:
    /// <c>choice(count, size)</c>, with replacement.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public void Choice(int count, Span<int> chosen)
    {
        foreach (ref int value in chosen)
        {
            value = NextInt32(count);
        }
    }

    /// <summary>
    /// A uniform integer in [0, <paramref name="greatest"/>] by masked rejection: draws as many bits as
    /// <paramref name="greatest"/> has until they do not exceed it. No draw at all when it is 0.
    /// </summary>
    private uint NextUpTo(uint greatest)
    {
        if (greatest == 0)
        {
            return 0;
        }
        uint mask = uint.MaxValue >> BitOperations.LeadingZeroCount(greatest);
        uint value;
        do
        {
            value = _bits.NextUInt32() & mask;
        }
        while (value > greatest);
        return value;
    }
}
