using System.Text;

namespace Nabla;

/// <summary>
/// A file's text as Sep reads it, within limits: Sep keeps a whole row and takes memory for each of its cells, and looks for the
/// end of a quoted cell through all that follows. Of a comment only its <c>#</c> is left, and runs of blanks become one tab where they separate cells.
/// </summary>
internal sealed class TableText(DataFileReader reader, char separator) : TextReader
{
    /// <summary>What stands for the cell of a comment.</summary>
    public const string Comment = "#";

    /// <summary>Greatest length of a line in characters, and in cells: room for a colour image of 1024×1024. Sep itself ends shortly before 16 Mi characters.</summary>
    private const int MaxLength = 15 << 20;
    private const int MaxCells = 1 << 22;

    private const int BlockLength = 1 << 16;

    private readonly byte[] _bytes = new byte[BlockLength];
    private readonly char[] _characters = new char[Encoding.UTF8.GetMaxCharCount(BlockLength)];
    private readonly bool _hasRuns = separator == TableDialect.Blanks;
    private Decoder? _decoder;
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private int _length;
    private int _separators;
    private bool _isQuoted;
    private bool _isInLine;
    private bool _isComment;
    private bool _runIsOpen;
    private bool _runIsQuoted;
    private bool _runIsInLine;

    /// <summary>Number of the line that is being read, from 1. Whoever reads rows counts it on.</summary>
    public int Line { get; set; } = 1;

    /// <summary>Comments so far.</summary>
    public int Comments { get; private set; }

    /// <summary>What separates the cells of the text that is read.</summary>
    public char Separator => _hasRuns ? '\t' : separator;

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
        int read = reader.ReadUpTo(_bytes);
        _isAtEnd = read < _bytes.Length;
        if (_isAtEnd)
        {
            reader.ExpectEnd();
        }
        bool isStart = _decoder is null;
        _decoder ??= TableDialect.EncodingOf(_bytes.AsSpan(0, read)).GetDecoder();
        _end = _decoder.GetChars(_bytes.AsSpan(0, read), _characters, flush: _isAtEnd);
        // The byte order mark.
        _start = isStart && _end > 0 && _characters[0] == '\ufeff' ? 1 : 0;
        if (_hasRuns)
        {
            JoinRuns();
        }
        CheckLines(_characters.AsSpan(_start, _end - _start));
    }

    /// <summary>Makes one tab of blanks between cells, and nothing of those around a line.</summary>
    private void JoinRuns()
    {
        int end = _start;
        for (int i = _start; i < _end; i++)
        {
            char character = _characters[i];
            if (character is '\r' or '\n')
            {
                (_runIsOpen, _runIsQuoted, _runIsInLine) = (false, false, false);
            }
            else if (character is ' ' or '\t' && !_runIsQuoted)
            {
                _runIsOpen = _runIsInLine;
                continue;
            }
            else
            {
                if (_runIsOpen)
                {
                    // There is room: the blank that it is of has been left out, in this block or the one before.
                    if (end == i)
                    {
                        Array.Copy(_characters, i, _characters, i + 1, _end - i);
                        (i, _end) = (i + 1, _end + 1);
                    }
                    _characters[end++] = '\t';
                }
                (_runIsOpen, _runIsInLine) = (false, true);
                _runIsQuoted ^= character == '"';
            }
            _characters[end++] = character;
        }
        _end = end;
    }

    private void CheckLines(Span<char> text)
    {
        while (!text.IsEmpty)
        {
            int length = text.IndexOfAny('\r', '\n');
            Span<char> line = length < 0 ? text : text[..length];
            TakeOutComment(line);
            _length += line.Length;
            _separators += line.Count(Separator);
            _isQuoted ^= (line.Count('"') & 1) != 0;
            if (_length > MaxLength || _separators >= MaxCells)
            {
                throw new MalformedFileException(reader.FilePath,
                    $"line {Line}, column 1: the line goes on after {_length} characters and {_separators} {TableDialect.NamesOf(separator)}, expected at most {MaxLength} and {MaxCells - 1}; the file is not CSV or has no line ends.");
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
            (_length, _separators, _isInLine, _isComment) = (0, 0, false, false);
            text = text[(length + 1)..];
        }
    }

    /// <summary>Leaves the mark of a comment and makes blanks of the rest, so that lines can still be counted.</summary>
    private void TakeOutComment(Span<char> line)
    {
        if (!_isInLine)
        {
            int first = line.IndexOfAnyExcept(' ', '\t');
            if (first < 0)
            {
                return;
            }
            _isInLine = true;
            _isComment = line[first] == Comment[0];
            if (_isComment)
            {
                Comments++;
                line.Fill(' ');
                line[first] = Comment[0];
            }
        }
        else if (_isComment)
        {
            line.Fill(' ');
        }
    }
}
