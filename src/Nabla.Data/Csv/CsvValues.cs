namespace Nabla;

/// <summary>A growing list of pixels that are bytes as long as all of them fit, and floats from the first that does not.</summary>
internal sealed class CsvValues
{
    private byte[] _bytes = new byte[1 << 16];
    private float[]? _floats;

    /// <summary>Number of values so far.</summary>
    public int Count { get; private set; }

    /// <summary>Whether all values so far are whole numbers of 0 to 255.</summary>
    public bool AreBytes => _floats is null;

    /// <summary>Room for <paramref name="count"/> more bytes, to be written and then counted with <see cref="Advance"/>.</summary>
    public Span<byte> ByteRoom(int count)
    {
        Grow(ref _bytes, count);
        return _bytes.AsSpan(Count, count);
    }

    /// <summary>Room for <paramref name="count"/> more floats; all values so far become floats too.</summary>
    public Span<float> FloatRoom(int count)
    {
        if (_floats is null)
        {
            _floats = new float[Count + count];
            ByteFeatures.Convert(_bytes.AsSpan(0, Count), 1, _floats);
            _bytes = [];
        }
        Grow(ref _floats, count);
        return _floats.AsSpan(Count, count);
    }

    /// <summary>Counts values that were written.</summary>
    public void Advance(int count) => Count += count;

    /// <summary>All values as samples.</summary>
    public Features ToFeatures(Shape shape)
    {
        if (_floats is not null)
        {
            Array.Resize(ref _floats, Count);
            return new FloatFeatures(_floats, shape);
        }
        Array.Resize(ref _bytes, Count);
        return new ByteFeatures(_bytes, shape);
    }

    private void Grow<T>(ref T[] values, int count)
    {
        if (values.Length - Count < count)
        {
            Array.Resize(ref values, (int)Math.Min(Math.Max(2L * values.Length, Count + (long)count), SampleLimits.MaxValues));
        }
    }
}
