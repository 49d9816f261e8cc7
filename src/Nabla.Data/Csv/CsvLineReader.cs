namespace Nabla;

/// <summary>Cuts a file into lines that end with LF or CR LF, the last one with either or with the file.</summary>
internal sealed class CsvLineReader(DataFileReader reader)
{
    /// <summary>Greatest length of a line in bytes: room for a colour image of 1024×1024.</summary>
    private const int MaxLength = 16 << 20;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    private byte[] _buffer = new byte[1 << 18];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>Number of the line that was read last, from 1.</summary>
    public int LineNumber { get; private set; }

    /// <summary>Reads a line; its bytes stand until the next one is read.</summary>
    /// <param name="line">The line without its end.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        int length;
        while ((length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n')) < 0 && !_isAtEnd)
        {
            searched = _end - _start;
            Fill();
        }
        if (length < 0 && _start == _end)
        {
            line = default;
            return false;
        }
        LineNumber++;
        int next = length < 0 ? _end : _start + searched + length + 1;
        line = _buffer.AsSpan(_start, (length < 0 ? next : next - 1) - _start);
        _start = next;
        if (line is [.., (byte)'\r'])
        {
            line = line[..^1];
        }
        if (LineNumber == 1 && line.StartsWith(ByteOrderMark))
        {
            line = line[ByteOrderMark.Length..];
        }
        return true;
    }

    /// <summary>Moves what is left to the front and reads on behind it.</summary>
    private void Fill()
    {
        int left = _end - _start;
        if (left >= MaxLength)
        {
            throw new MalformedFileException(reader.FilePath,
                $"line {LineNumber + 1}, column 1: the line goes on after {left} bytes, expected at most {MaxLength}; the file is not CSV or has no line ends.");
        }
        byte[] target = left > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_start, left).CopyTo(target);
        _buffer = target;
        _start = 0;
        int read = reader.ReadUpTo(_buffer.AsSpan(left));
        _end = left + read;
        if (_end < _buffer.Length)
        {
            _isAtEnd = true;
            reader.ExpectEnd();
        }
    }
}
