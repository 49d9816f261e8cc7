namespace Nabla;

/// <summary>
/// Reads the one Python literal that a header may be: a dictionary of <c>descr</c>, <c>fortran_order</c> and <c>shape</c>,
/// in any order, each once. Nothing is evaluated.
/// </summary>
internal ref struct NpyHeaderParser
{
    /// <summary>More digits could not be told apart from an overflow.</summary>
    private const int MaxDigits = 18;

    private readonly string _path;
    private readonly long _offset;
    private readonly ReadOnlySpan<char> _text;
    private int _position;

    private NpyHeaderParser(string path, long offset, ReadOnlySpan<char> text)
    {
        _path = path;
        _offset = offset;
        _text = text;
    }

    /// <param name="path">Named in errors.</param>
    /// <param name="offset">Where in the file the text begins.</param>
    /// <param name="text">The header, padded with spaces and a line end.</param>
    public static NpyHeader Parse(string path, long offset, string text) => new NpyHeaderParser(path, offset, text).Parse();

    private NpyHeader Parse()
    {
        NumericType? type = null;
        bool? isFortran = null;
        List<long>? extents = null;
        Expect('{');
        while (!TryTake('}'))
        {
            int start = Next();
            string key = ReadString();
            Expect(':');
            switch (key)
            {
                case "descr" when type is null:
                    type = ReadType();
                    break;
                case "fortran_order" when isFortran is null:
                    isFortran = ReadBoolean();
                    break;
                case "shape" when extents is null:
                    extents = ReadTuple();
                    break;
                default:
                    throw Fault(start, $"found the key '{key}'", "descr, fortran_order and shape, each once");
            }
            if (!TryTake(','))
            {
                Expect('}');
                break;
            }
        }
        if (Next() < _text.Length)
        {
            throw Fault(_position, Found(), "nothing after the header's }");
        }
        if (type is null || isFortran is null || extents is null)
        {
            throw Fault(0, $"found no key '{(type is null ? "descr" : isFortran is null ? "fortran_order" : "shape")}'", "descr, fortran_order and shape");
        }
        if (NumericArray.FindFault(extents.ToArray(), type.Value, out int length) is string fault)
        {
            throw new MalformedFileException(_path, $"the array {fault}.", _offset);
        }
        return new NpyHeader(type.Value, isFortran.Value, [.. extents.Select(extent => (int)extent)], length);
    }

    private NumericType ReadType()
    {
        int start = Next();
        if (start < _text.Length && _text[start] is '[' or '(')
        {
            throw Fault(start, "found a structured type", $"plain numbers, {NumericType.Known}");
        }
        string name = ReadString();
        if (name.TrimStart('|', '<', '>', '=') is ['O', ..])
        {
            throw Fault(start, $"found an array of Python objects ('{name}'), which is refused because reading it would run code", $"plain numbers, {NumericType.Known}");
        }
        return NumericType.TryParse(name, out NumericType type)
            ? type
            : throw Fault(start, $"found the type '{name}'", $"plain numbers, {NumericType.Known}");
    }

    private bool ReadBoolean()
    {
        int start = Next();
        ReadOnlySpan<char> rest = _text[start..];
        bool value = rest.StartsWith("True");
        if (!value && !rest.StartsWith("False"))
        {
            throw Fault(start, Found(), "True or False");
        }
        _position += value ? 4 : 5;
        return value;
    }

    private List<long> ReadTuple()
    {
        List<long> extents = [];
        Expect('(');
        while (!TryTake(')'))
        {
            extents.Add(ReadNumber());
            if (!TryTake(','))
            {
                // (5) is a number in Python, not a tuple.
                if (extents.Count == 1)
                {
                    throw Fault(Next(), Found(), "a comma after the only extent");
                }
                Expect(')');
                break;
            }
        }
        return extents;
    }

    private long ReadNumber()
    {
        int start = Next();
        long number = 0;
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]) && _position - start < MaxDigits)
        {
            number = number * 10 + _text[_position++] - '0';
        }
        if (_position == start)
        {
            throw Fault(start, Found(), "an extent, a whole number of at least 0");
        }
        // Python 2 wrote some extents as long integers.
        if (_position < _text.Length && _text[_position] == 'L')
        {
            _position++;
        }
        return number;
    }

    private string ReadString()
    {
        int start = Next();
        if (start == _text.Length || _text[start] is not ('\'' or '"'))
        {
            throw Fault(start, Found(), "a string in quotation marks");
        }
        int length = _text[(start + 1)..].IndexOf(_text[start]);
        if (length < 0)
        {
            throw Fault(start, "found a string without an end", "a closing quotation mark");
        }
        ReadOnlySpan<char> content = _text.Slice(start + 1, length);
        if (length > 100 || content.ContainsAnyExceptInRange(' ', '~') || content.Contains('\\'))
        {
            throw Fault(start, "found a string that no NumPy header has", "a short one of plain characters");
        }
        _position = start + length + 2;
        return content.ToString();
    }

    private void Expect(char character)
    {
        if (!TryTake(character))
        {
            throw Fault(_position, Found(), $"'{character}'");
        }
    }

    private bool TryTake(char character)
    {
        bool isThere = Next() < _text.Length && _text[_position] == character;
        _position += isThere ? 1 : 0;
        return isThere;
    }

    /// <summary>Skips white space.</summary>
    private int Next()
    {
        while (_position < _text.Length && _text[_position] is ' ' or '\n' or '\t' or '\r')
        {
            _position++;
        }
        return _position;
    }

    private readonly string Found() => _position == _text.Length
        ? "found the end of the header"
        : _text[_position] is >= ' ' and <= '~' ? $"found '{_text[_position]}'" : $"found byte {(int)_text[_position]:x2}";

    private readonly MalformedFileException Fault(int position, string found, string expected) =>
        new(_path, $"{found} in the array's header, expected {expected}.", _offset + position);
}
