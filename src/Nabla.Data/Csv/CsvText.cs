using System.Text;

namespace Nabla;

/// <summary>
/// A file's text as Sep reads it, within limits: Sep keeps a whole row and takes memory for each of its cells, and looks for the
/// end of a quoted cell through all that follows.
/// </summary>
internal sealed class CsvText(DataFileReader reader) : TextReader
{
    /// <summary>Greatest length of a line in characters, and in cells: room for a colour image of 1024×1024. Sep itself ends shortly before 16 Mi characters.</summary>
    private const int MaxLength = 15 << 20;
    private const int MaxCells = 1 << 22;

    private const int BlockLength = 1 << 16;

    private readonly byte[] _bytes = new byte[BlockLength];
    private readonly char[] _characters = new char[Encoding.UTF8.GetMaxCharCount(BlockLength)];
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private int _length;
    private int _commas;
    private bool _isQuoted;

    /// <summary>Number of the line that is being read, from 1. Whoever reads rows counts it on.</summary>
    public int Line { get; set; } = 1;

    /// <inheritdoc/>
    public override int Read(Span<char> buffer)
    {
        while (_start == _end && !_isAtEnd)
        {
            Fill();
        }
        int count = Math.Min(buffer.Length, _end - _start);
        _characters.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    private void Fill()
    {
        bool isStart = reader.Offset == 0;
        int read = reader.ReadUpTo(_bytes);
        _isAtEnd = read < _bytes.Length;
        if (_isAtEnd)
        {
            reader.ExpectEnd();
        }
        _end = _decoder.GetChars(_bytes.AsSpan(0, read), _characters, flush: _isAtEnd);
        // The byte order mark.
        _start = isStart && _end > 0 && _characters[0] == '\ufeff' ? 1 : 0;
        CheckLines(_characters.AsSpan(_start, _end - _start));
    }

    private void CheckLines(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            int length = text.IndexOfAny('\r', '\n');
            ReadOnlySpan<char> line = length < 0 ? text : text[..length];
            _length += line.Length;
            _commas += line.Count(',');
            _isQuoted ^= (line.Count('"') & 1) != 0;
            if (_length > MaxLength || _commas >= MaxCells)
            {
                throw new MalformedFileException(reader.FilePath,
                    $"line {Line}, column 1: the line goes on after {_length} characters and {_commas} commas, expected at most {MaxLength} and {MaxCells - 1}; the file is not CSV or has no line ends.");
            }
            if (length < 0)
            {
                return;
            }
            if (_isQuoted)
            {
                // The text ends here. Its last cell has a quotation mark too few, which is an error.
                _end -= text.Length - length;
                _isAtEnd = true;
                return;
            }
            _length = 0;
            _commas = 0;
            text = text[(length + 1)..];
        }
    }
}
