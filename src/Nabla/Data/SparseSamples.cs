namespace Nabla;

/// <summary>
/// Samples of which only the values that are not zero are kept, as a network sees them: four fifths of a handwritten digit
/// are blank. Made once for a training, it saves every step the conversion and the search for blanks.
/// </summary>
internal sealed class SparseSamples
{
    // With more, products of whole tiles are as fast.
    private const double MostFilled = 0.3;

    private readonly int[] _starts;
    private readonly ushort[] _places;
    private readonly float[] _values;

    private SparseSamples(int size, int[] starts)
    {
        Size = size;
        _starts = starts;
        _places = new ushort[starts[^1]];
        _values = new float[starts[^1]];
    }

    /// <summary>Values of one sample, with the zeros.</summary>
    public int Size { get; }

    /// <summary>Copies samples; null where too few values are zeros, or there are more than an array can hold.</summary>
    public static SparseSamples? Of(Features features, Preprocessing preprocessing)
    {
        int size = features.SampleShape.Size;
        long most = Math.Min((long)(features.Count * (double)size * MostFilled), Array.MaxLength);
        if (size > ushort.MaxValue + 1)
        {
            return null;
        }
        float[] sample = new float[size];
        int[] starts = new int[features.Count + 1];
        for (int row = 0; row < features.Count; row++)
        {
            preprocessing.CopyPart(features, row, 0, sample);
            long end = (long)starts[row] + size - sample.AsSpan().Count(0f);
            if (end > most)
            {
                return null;
            }
            starts[row + 1] = (int)end;
        }
        SparseSamples samples = new(size, starts);
        for (int row = 0; row < features.Count; row++)
        {
            preprocessing.CopyPart(features, row, 0, sample);
            int at = starts[row];
            for (int place = 0; place < size; place++)
            {
                if (sample[place] != 0)
                {
                    samples._places[at] = (ushort)place;
                    samples._values[at++] = sample[place];
                }
            }
        }
        return samples;
    }

    /// <summary>Where in a sample its values stand, ascending.</summary>
    public ReadOnlySpan<ushort> Places(int row) => _places.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>The values of a sample that are not zero.</summary>
    public ReadOnlySpan<float> Values(int row) => _values.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);
}
