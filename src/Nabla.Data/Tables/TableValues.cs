namespace Nabla;

/// <summary>A growing list of cells that are bytes as long as all of them fit, and floats from the first that does not.</summary>
internal sealed class TableValues
{
    private byte[] _bytes = new byte[1 << 16];
    private float[]? _floats;

    /// <summary>Number of values so far.</summary>
    public int Count { get; private set; }

    /// <summary>Whether all values so far are whole numbers of 0 to 255.</summary>
    public bool AreBytes => _floats is null;

    /// <summary>A value by its place.</summary>
    public float this[int place] => _floats is null ? _bytes[place] : _floats[place];

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

    /// <summary>Some columns of some rows as samples: in the memory of all, which are no more to be had.</summary>
    /// <param name="columnCount">Columns of a row.</param>
    /// <param name="rows">The rows, ascending.</param>
    /// <param name="columns">The columns, ascending.</param>
    /// <param name="areBytes">Whether their values are whole numbers of 0 to 255.</param>
    /// <param name="shape">Shape of a sample, of as many values as columns.</param>
    public Features ToFeatures(int columnCount, int[] rows, int[] columns, bool areBytes, Shape shape)
    {
        int count = rows.Length * columns.Length;
        if (_floats is null)
        {
            Keep(_bytes, columnCount, rows, columns);
            Array.Resize(ref _bytes, count);
            return new ByteFeatures(_bytes, shape);
        }
        Keep(_floats, columnCount, rows, columns);
        Array.Resize(ref _floats, count);
        return areBytes ? new ByteFeatures(Array.ConvertAll(_floats, value => (byte)value), shape) : new FloatFeatures(_floats, shape);
    }

    private static void Keep<T>(T[] values, int columnCount, int[] rows, int[] columns)
    {
        if (columns.Length == columnCount && rows.Length * columnCount == values.Length)
        {
            return;
        }
        bool isRun = columns[^1] - columns[0] == columns.Length - 1;
        int end = 0;
        foreach (int row in rows)
        {
            if (isRun)
            {
                Array.Copy(values, row * columnCount + columns[0], values, end, columns.Length);
                end += columns.Length;
                continue;
            }
            foreach (int column in columns)
            {
                values[end++] = values[row * columnCount + column];
            }
        }
    }

    private void Grow<T>(ref T[] values, int count)
    {
        if (values.Length - Count < count)
        {
            Array.Resize(ref values, (int)Math.Min(Math.Max(2L * values.Length, Count + (long)count), SampleLimits.MaxValues));
        }
    }
}
