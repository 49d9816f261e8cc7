namespace Nabla.Numerics;

/// <summary>
/// Samples of which only the values that are not zero are kept, as a network sees them: four fifths of a handwritten digit
/// are blank. Made once for a training, it saves every step the conversion and the search for blanks.
/// </summary>
internal sealed class SparseSamples
{
    /// <summary>Most values of one sample, with the zeros: a place is a number of two bytes.</summary>
    public const int MaxPlaces = ushort.MaxValue + 1;

    private readonly int[] _starts;

    // The products read a matrix through pointers at these: each is below Size.
    private readonly ushort[] _places;
    private readonly float[] _values;

    /// <param name="size">Values of one sample, with the zeros; at most <see cref="MaxPlaces"/>.</param>
    /// <param name="starts">For each sample how many values those before it have, and for the end how many there are in all.</param>
    public SparseSamples(int size, int[] starts)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxPlaces);
        Size = size;
        _starts = starts;
        _places = new ushort[starts[^1]];
        _values = new float[starts[^1]];
    }

    /// <summary>Values of one sample, with the zeros.</summary>
    public int Size { get; }

    /// <summary>Where in a sample its values stand, ascending.</summary>
    public ReadOnlySpan<ushort> Places(int row) => _places.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>The values of a sample that are not zero.</summary>
    public ReadOnlySpan<float> Values(int row) => _values.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>Takes the values of a sample from all of them.</summary>
    public void Set(int row, ReadOnlySpan<float> sample)
    {
        int at = _starts[row];
        for (int place = 0; place < Size; place++)
        {
            if (sample[place] != 0)
            {
                _places[at] = (ushort)place;
                _values[at++] = sample[place];
            }
        }
    }
}
