namespace Nabla;

/// <summary>
/// Reads one image in the portable grey map format: P2 (decimal numbers) or P5 (bytes, or two of them for levels above
/// 255, the most significant first), then width, height and greatest level, then the pixels and nothing else. Comments run
/// from # to the end of the line. Format: Netpbm, "pgm".
/// </summary>
internal sealed class PgmFile
{
    private const int GreatestLevel = 65535;

    /// <summary>Digits that a number may have; more could not be told apart from an overflow.</summary>
    private const int MaxDigits = 9;

    private readonly string _path;
    private readonly byte[] _contents;
    private readonly int _maximum;
    private int _position = 2;

    /// <summary>Reads the header.</summary>
    /// <param name="path">Named in errors.</param>
    /// <param name="contents">The file, which begins with P2 or P5.</param>
    public PgmFile(string path, byte[] contents)
    {
        _path = path;
        _contents = contents;
        Width = ReadNumber("the width", 1, 999_999_999);
        Height = ReadNumber("the height", 1, 999_999_999);
        _maximum = ReadNumber("the greatest grey level", 1, GreatestLevel);
    }

    /// <summary>Pixels in a row; not yet compared with the length of the file.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>Reads the pixels as 0 for black to 255 for white. The caller has checked the size.</summary>
    public byte[] ReadGrey()
    {
        byte[] pixels = new byte[Width * Height];
        if (_contents[1] == '5')
        {
            ReadBytes(pixels);
        }
        else
        {
            for (int i = 0; i < pixels.Length; i++)
            {
                pixels[i] = Scale(ReadNumber($"pixel {i} of {pixels.Length}", 0, _maximum));
            }
            SkipSpace();
        }
        return PictureFile.IsEnd(_contents.AsSpan(_position))
            ? pixels
            : throw new MalformedFileException(_path, $"{_contents.Length - _position} bytes follow the last pixel, expected none.", _position);
    }

    private void ReadBytes(byte[] pixels)
    {
        if (_position == _contents.Length || !IsSpace(_contents[_position]))
        {
            throw new MalformedFileException(_path, "no white space after the greatest grey level, expected one character of it before the pixels.", _position);
        }
        _position++;
        int size = _maximum > byte.MaxValue ? 2 : 1;
        if (_contents.Length - _position < pixels.Length * size)
        {
            throw new MalformedFileException(_path,
                $"ends within the pixels: found {_contents.Length - _position} bytes of them, expected {pixels.Length * size}; the file is cut short.", _contents.Length);
        }
        for (int i = 0; i < pixels.Length; i++)
        {
            int level = size == 1 ? _contents[_position] : (_contents[_position] << 8) | _contents[_position + 1];
            if (level > _maximum)
            {
                throw new MalformedFileException(_path, $"pixel {i} is {level}, expected at most {_maximum}, the greatest grey level.", _position);
            }
            pixels[i] = Scale(level);
            _position += size;
        }
    }

    private byte Scale(int level) => (byte)((level * 255 + _maximum / 2) / _maximum);

    /// <summary>Reads white space, which there must be, and a decimal number.</summary>
    private int ReadNumber(string what, int least, int greatest)
    {
        int before = _position;
        SkipSpace();
        int start = _position;
        int number = 0;
        while (_position < _contents.Length && _position - start < MaxDigits && char.IsAsciiDigit((char)_contents[_position]))
        {
            number = number * 10 + _contents[_position++] - '0';
        }
        if (start == before || _position == start)
        {
            string found = start == _contents.Length ? "the end of the file" : $"byte {_contents[start]:x2}";
            throw new MalformedFileException(_path, $"found {found} where {what} should be, expected a decimal number.", start);
        }
        return number >= least && number <= greatest
            ? number
            : throw new MalformedFileException(_path, $"{what} is {number}, expected {least} to {greatest}.", start);
    }

    private void SkipSpace()
    {
        while (_position < _contents.Length && (IsSpace(_contents[_position]) || _contents[_position] == '#'))
        {
            if (_contents[_position] == '#')
            {
                while (_position < _contents.Length && _contents[_position] is not ((byte)'\n' or (byte)'\r'))
                {
                    _position++;
                }
            }
            else
            {
                _position++;
            }
        }
    }

    private static bool IsSpace(byte character) => character is (byte)' ' or (>= 9 and <= 13);
}
