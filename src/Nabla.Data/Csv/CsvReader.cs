using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Nabla;

/// <summary>The contents of a CSV file.</summary>
/// <param name="Features">One sample a row.</param>
/// <param name="Labels">The class of each sample, 0 to <see cref="ClassCount.Maximum"/> − 1; null where the file has none.</param>
internal sealed record CsvTable(Features Features, int[]? Labels);

/// <summary>Reads one CSV file of images, see <see cref="Csv"/>. Cells are read where they stand, without a string for each.</summary>
internal sealed class CsvReader
{
    /// <summary>Characters of a cell that errors quote.</summary>
    private const int ShownLength = 20;

    private readonly DataFileReader _reader;
    private readonly CsvLineReader _lines;
    private readonly int? _classCount;
    private readonly CsvValues _pixels = new();
    private readonly List<int> _labels = [];
    private bool _hasLabels;
    private int _cellCount;
    private int _firstLine;
    private MalformedFileException? _wholeOutOfRange;
    private bool _hasFraction;

    private CsvReader(DataFileReader reader, int? classCount)
    {
        _reader = reader;
        _lines = new CsvLineReader(reader);
        _classCount = classCount;
    }

    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="classCount">Number of classes that labels must be below, or null for any.</param>
    public static CsvTable Read(string path, int? classCount)
    {
        using DataFileReader reader = DataFileReader.Open(path);
        return new CsvReader(reader, classCount).Read();
    }

    private CsvTable Read()
    {
        int blankLine = 0;
        while (_lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.Trim((byte)' ').IsEmpty)
            {
                blankLine = blankLine == 0 ? _lines.LineNumber : blankLine;
            }
            else if (blankLine != 0)
            {
                throw new MalformedFileException(_reader.FilePath, $"line {blankLine}, column 1: found a blank line between others, expected cells; delete the line.");
            }
            else if (_firstLine != 0)
            {
                ReadRow(line);
            }
            else
            {
                _firstLine = _lines.LineNumber;
                if (!ReadHeader(line))
                {
                    ReadRow(line);
                }
            }
        }
        if (_pixels.Count == 0)
        {
            throw Fault(_lines.LineNumber + 1, 1, "found the end of the file, expected rows of numbers; the file is empty or cut short.");
        }
        if (!_hasFraction && _wholeOutOfRange is not null)
        {
            throw _wholeOutOfRange;
        }
        return new CsvTable(_pixels.ToFeatures(SampleLimits.ShapeOf(_cellCount - (_hasLabels ? 1 : 0))), _hasLabels ? [.. _labels] : null);
    }

    /// <summary>Learns the columns from the first line.</summary>
    /// <returns>Whether the line is a header; otherwise it is the first row.</returns>
    private bool ReadHeader(ReadOnlySpan<byte> line)
    {
        int position = 0;
        bool isHeader = false;
        while (position <= line.Length)
        {
            ReadOnlySpan<byte> cell = NextCell(line, ref position, _cellCount++);
            if (_cellCount == 1)
            {
                isHeader = !TryParse(cell, out _);
            }
            if (isHeader && Ascii.EqualsIgnoreCase(cell, "label"u8))
            {
                if (_cellCount > 1)
                {
                    throw Fault(_lines.LineNumber, _cellCount, "found the column named label, expected it to be the first; move it there.");
                }
                _hasLabels = true;
            }
        }
        if (!isHeader)
        {
            // Without names only the count can tell: 785 numbers are a label and an image, 784 an image.
            int side = (int)Math.Sqrt(_cellCount);
            _hasLabels = side * side != _cellCount;
        }
        if (_hasLabels && _cellCount == 1)
        {
            throw Fault(_lines.LineNumber, 2, "found no column after the label, expected pixels; separate cells with commas.");
        }
        return isHeader;
    }

    private void ReadRow(ReadOnlySpan<byte> line)
    {
        int position = 0;
        int column = 0;
        if (_hasLabels)
        {
            _labels.Add(ReadLabel(NextCell(line, ref position, column++)));
        }
        int count = _cellCount - column;
        if (count > SampleLimits.MaxValues - _pixels.Count)
        {
            throw Fault(_lines.LineNumber, 1, $"found more than {SampleLimits.MaxValues} pixels, expected at most as many; split the file.");
        }
        if (_pixels.AreBytes)
        {
            Span<byte> bytes = _pixels.ByteRoom(count);
            int read = ReadBytes(line, ref position, bytes);
            column += read;
            if (read == count)
            {
                _pixels.Advance(read);
            }
            else
            {
                // The rest of the row, and then of the file, is floats.
                byte[] start = [.. bytes[..read]];
                Span<float> floats = _pixels.FloatRoom(count);
                ByteFeatures.Convert(start, 1, floats);
                ReadFloats(line, ref position, column, floats[read..]);
            }
        }
        else
        {
            ReadFloats(line, ref position, column, _pixels.FloatRoom(count));
        }
        if (position <= line.Length)
        {
            throw Fault(_lines.LineNumber, _cellCount + 1, $"the line goes on after {_cellCount} cells, expected it to end ({Layout()}).");
        }
    }

    /// <summary>Reads cells for as long as they are whole numbers of 0 to 255.</summary>
    /// <returns>How many; <paramref name="position"/> is then at the first that is not.</returns>
    private int ReadBytes(ReadOnlySpan<byte> line, ref int position, Span<byte> destination)
    {
        int first = _cellCount - destination.Length;
        for (int i = 0; i < destination.Length; i++)
        {
            // Nearly all cells are one to three digits and a comma.
            int value = 0;
            int end = position;
            while (end < line.Length && end - position < 3 && (uint)(line[end] - '0') <= 9)
            {
                value = value * 10 + line[end++] - '0';
            }
            if (end == position || value > byte.MaxValue || (end < line.Length && line[end] != ','))
            {
                int next = position;
                double number = ReadNumber(line, ref next, first + i);
                if (!(number >= 0 && number <= byte.MaxValue && number == Math.Floor(number)))
                {
                    return i;
                }
                value = (int)number;
                position = next;
            }
            else
            {
                position = end + 1;
            }
            destination[i] = (byte)value;
        }
        return destination.Length;
    }

    private void ReadFloats(ReadOnlySpan<byte> line, ref int position, int column, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++, column++)
        {
            int start = position;
            double number = ReadNumber(line, ref position, column);
            if (number != Math.Floor(number))
            {
                _hasFraction = true;
            }
            else if (number is < 0 or > byte.MaxValue && !_hasFraction)
            {
                _wholeOutOfRange ??= Fault(_lines.LineNumber, column + 1,
                    $"found pixel {Show(NextCell(line, ref start, column))}, expected 0 to 255, or fractions in some cells.");
            }
            destination[i] = (float)number;
        }
        _pixels.Advance(_cellCount - (_hasLabels ? 1 : 0));
    }

    private int ReadLabel(ReadOnlySpan<byte> cell)
    {
        if (!TryParse(cell, out double label))
        {
            throw Fault(_lines.LineNumber, 1, $"found {Show(cell)}, expected a label, a whole number{Hint(cell)}.");
        }
        int greatest = (_classCount ?? ClassCount.Maximum) - 1;
        return label >= 0 && label <= greatest && label == Math.Floor(label)
            ? (int)label
            : throw Fault(_lines.LineNumber, 1, $"found label {Show(cell)}, expected a whole number of 0 to {greatest}.");
    }

    private double ReadNumber(ReadOnlySpan<byte> line, ref int position, int column)
    {
        ReadOnlySpan<byte> cell = NextCell(line, ref position, column);
        return TryParse(cell, out double number)
            ? number
            : throw Fault(_lines.LineNumber, column + 1, $"found {Show(cell)}, expected a number{Hint(cell)}.");
    }

    /// <summary>The cell at <paramref name="position"/> without its quotes and the spaces around it; moves on behind its comma.</summary>
    private ReadOnlySpan<byte> NextCell(ReadOnlySpan<byte> line, ref int position, int column)
    {
        if (position > line.Length)
        {
            throw Fault(_lines.LineNumber, column + 1, $"the line ends after {column} cells, expected {_cellCount} ({Layout()}).");
        }
        ReadOnlySpan<byte> rest = line[position..];
        int spaces = rest.Length - rest.TrimStart(" \t"u8).Length;
        int length;
        if (spaces < rest.Length && rest[spaces] == '"')
        {
            int end = spaces + 1;
            while (true)
            {
                int quote = rest[end..].IndexOf((byte)'"');
                if (quote < 0)
                {
                    throw Fault(_lines.LineNumber, column + 1, $"found {Show(rest[spaces..])} without a closing quotation mark, expected one in the same line.");
                }
                end += quote + 1;
                // A quotation mark within a quoted cell is written twice.
                if (end == rest.Length || rest[end] != '"')
                {
                    break;
                }
                end++;
            }
            length = rest[end..].IndexOf((byte)',');
            length = length < 0 ? rest.Length : end + length;
            if (!rest[end..length].Trim(" \t"u8).IsEmpty)
            {
                throw Fault(_lines.LineNumber, column + 1, $"found {Show(rest[end..length])} after a closing quotation mark, expected a comma or the end of the line.");
            }
            position += length + 1;
            return rest[(spaces + 1)..(end - 1)].Trim(" \t"u8);
        }
        length = rest.IndexOf((byte)',');
        length = length < 0 ? rest.Length : length;
        position += length + 1;
        return rest[..length].Trim(" \t"u8);
    }

    private static bool TryParse(ReadOnlySpan<byte> cell, out double number) =>
        Utf8Parser.TryParse(cell, out number, out int used) && used == cell.Length && float.IsFinite((float)number);

    private string Layout()
    {
        int pixels = _cellCount - (_hasLabels ? 1 : 0);
        return $"{(_hasLabels ? "a label and " : "")}{pixels} pixels, as in line {_firstLine}";
    }

    private static string Show(ReadOnlySpan<byte> cell)
    {
        if (cell.IsEmpty)
        {
            return "an empty cell";
        }
        StringBuilder text = new("'");
        foreach (char character in Encoding.UTF8.GetString(cell[..Math.Min(cell.Length, ShownLength)]))
        {
            text.Append(char.IsControl(character) || character == '\ufffd' ? '?' : character);
        }
        return text.Append(cell.Length > ShownLength ? "…'" : "'").ToString();
    }

    private static string Hint(ReadOnlySpan<byte> cell) =>
        cell.IndexOfAny(";\t"u8) >= 0 ? "; cells must be separated by commas" : "";

    private MalformedFileException Fault(int line, int column, string message) =>
        new(_reader.FilePath, string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column}: {message}"));
}
