using System.Globalization;
using System.Text;
using nietras.SeparatedValues;

namespace Nabla;

/// <summary>The contents of a CSV file.</summary>
/// <param name="Features">One sample a row.</param>
/// <param name="Labels">The class of each sample, 0 to <see cref="ClassCount.Maximum"/> − 1; null where the file has none.</param>
internal sealed record CsvTable(Features Features, int[]? Labels);

/// <summary>Reads one CSV file of images, see <see cref="Csv"/>. Sep finds the cells; what they mean is found here, without a string for each.</summary>
internal sealed class CsvReader
{
    /// <summary>Characters of a cell that errors quote.</summary>
    private const int ShownLength = 20;

    private const string White = " \t";

    private readonly string _path;
    private readonly CsvText _text;
    private readonly int? _classCount;
    private readonly CsvValues _pixels = new();
    private readonly List<int> _labels = [];
    private bool _hasLabels;
    private int _cellCount;
    private int _firstLine;
    private MalformedFileException? _wholeOutOfRange;
    private bool _hasFraction;

    private CsvReader(string path, CsvText text, int? classCount)
    {
        _path = path;
        _text = text;
        _classCount = classCount;
    }

    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="classCount">Number of classes that labels must be below, or null for any.</param>
    public static CsvTable Read(string path, int? classCount)
    {
        using DataFileReader reader = DataFileReader.Open(path);
        using CsvText text = new(reader);
        return new CsvReader(path, text, classCount).Read();
    }

    private CsvTable Read()
    {
        int blankLine = 0;
        // Sep takes quotation marks away, too, but also where they are wrong; and counts cells, but does not name lines and columns as we do.
        using SepReader rows = new Sep(',').Reader(options => options with { HasHeader = false, DisableColCountCheck = true }).From(_text);
        foreach (SepReader.Row row in rows)
        {
            if (row.ColCount == 1 && row[0].Span.Trim(White).IsEmpty)
            {
                blankLine = blankLine == 0 ? _text.Line : blankLine;
            }
            else if (blankLine != 0)
            {
                throw Fault(blankLine, 1, "found a blank line between others, expected cells; delete the line.");
            }
            else if (_firstLine != 0)
            {
                ReadRow(row);
            }
            else
            {
                _firstLine = _text.Line;
                if (!ReadHeader(row))
                {
                    ReadRow(row);
                }
            }
            _text.Line = row.LineNumberToExcl;
        }
        if (_pixels.Count == 0)
        {
            throw Fault(1, "found the end of the file, expected rows of numbers; the file is empty or cut short.");
        }
        if (!_hasFraction && _wholeOutOfRange is not null)
        {
            throw _wholeOutOfRange;
        }
        return new CsvTable(_pixels.ToFeatures(SampleLimits.ShapeOf(_cellCount - (_hasLabels ? 1 : 0))), _hasLabels ? [.. _labels] : null);
    }

    /// <summary>Learns the columns from the first line.</summary>
    /// <returns>Whether the line is a header; otherwise it is the first row.</returns>
    private bool ReadHeader(SepReader.Row row)
    {
        _cellCount = row.ColCount;
        bool isHeader = !TryParse(Unquote(row[0].Span, 0), out _);
        if (isHeader)
        {
            for (int column = 0; column < _cellCount; column++)
            {
                if (Ascii.EqualsIgnoreCase(Unquote(row[column].Span, column), "label"))
                {
                    _hasLabels = column == 0 ? true : throw Fault(column + 1, "found the column named label, expected it to be the first; move it there.");
                }
            }
        }
        else
        {
            // Without names only the count can tell: 785 numbers are a label and an image, 784 an image.
            int side = (int)Math.Sqrt(_cellCount);
            _hasLabels = side * side != _cellCount;
        }
        if (_hasLabels && _cellCount == 1)
        {
            throw Fault(2, "found no column after the label, expected pixels; separate cells with commas.");
        }
        return isHeader;
    }

    private void ReadRow(SepReader.Row row)
    {
        int first = _hasLabels ? 1 : 0;
        int count = _cellCount - first;
        // What is there is looked at before what is missing.
        int last = Math.Min(row.ColCount, _cellCount);
        if (_hasLabels)
        {
            _labels.Add(ReadLabel(row));
        }
        if (count > SampleLimits.MaxValues - _pixels.Count)
        {
            throw Fault(1, $"found more than {SampleLimits.MaxValues} pixels, expected at most as many; split the file.");
        }
        if (!_pixels.AreBytes || !TryReadBytes(row, first, _pixels.ByteRoom(count)[..(last - first)]))
        {
            ReadFloats(row, first, _pixels.FloatRoom(count)[..(last - first)]);
        }
        if (row.ColCount != _cellCount)
        {
            string found = row.ColCount < _cellCount ? $"the line ends after {row.ColCount} cells, expected {_cellCount}" : $"the line goes on after {_cellCount} cells, expected it to end";
            throw Fault(last + 1, $"{found} ({(_hasLabels ? "a label and " : "")}{count} pixels, as in line {_firstLine}).");
        }
        _pixels.Advance(count);
    }

    /// <summary>Reads cells that are whole numbers of 0 to 255.</summary>
    /// <returns>Whether all are; otherwise this row and all that follow are floats.</returns>
    private bool TryReadBytes(SepReader.Row row, int first, Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            ReadOnlySpan<char> cell = row[first + i].Span;
            // Nearly all cells are one to three digits.
            int value = cell.Length is >= 1 and <= 3 ? 0 : int.MaxValue;
            for (int k = 0; k < cell.Length && value <= byte.MaxValue; k++)
            {
                int digit = cell[k] - '0';
                value = (uint)digit <= 9 ? value * 10 + digit : int.MaxValue;
            }
            if (value > byte.MaxValue)
            {
                double number = ReadNumber(cell, first + i);
                if (!(number >= 0 && number <= byte.MaxValue && number == Math.Floor(number)))
                {
                    return false;
                }
                value = (int)number;
            }
            destination[i] = (byte)value;
        }
        return true;
    }

    private void ReadFloats(SepReader.Row row, int first, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            ReadOnlySpan<char> cell = row[first + i].Span;
            double number = ReadNumber(cell, first + i);
            if (number != Math.Floor(number))
            {
                _hasFraction = true;
            }
            else if (number is < 0 or > byte.MaxValue && !_hasFraction)
            {
                _wholeOutOfRange ??= Fault(first + i + 1, $"found pixel {Show(Unquote(cell, first + i))}, expected 0 to 255, or fractions in some cells.");
            }
            destination[i] = (float)number;
        }
    }

    private int ReadLabel(SepReader.Row row)
    {
        ReadOnlySpan<char> cell = Unquote(row[0].Span, 0);
        if (!TryParse(cell, out double label))
        {
            throw Fault(1, $"found {Show(cell)}, expected a label, a whole number{Hint(cell)}.");
        }
        int greatest = (_classCount ?? ClassCount.Maximum) - 1;
        return label >= 0 && label <= greatest && label == Math.Floor(label)
            ? (int)label
            : throw Fault(1, $"found label {Show(cell)}, expected a whole number of 0 to {greatest}.");
    }

    private double ReadNumber(ReadOnlySpan<char> cell, int column)
    {
        // Most numbers stand there plain.
        if (TryParse(cell, out double number))
        {
            return number;
        }
        cell = Unquote(cell, column);
        return TryParse(cell, out number) ? number : throw Fault(column + 1, $"found {Show(cell)}, expected a number{Hint(cell)}.");
    }

    /// <summary>A cell without its quotation marks and the spaces around it.</summary>
    private ReadOnlySpan<char> Unquote(ReadOnlySpan<char> cell, int column)
    {
        cell = cell.Trim(White);
        int open = cell.IndexOf('"');
        if (open < 0)
        {
            return cell;
        }
        if ((cell.Count('"') & 1) != 0)
        {
            throw Fault(column + 1, $"found {Show(cell[open..])} without a closing quotation mark, expected one in the same line.");
        }
        if (open > 0)
        {
            return cell;
        }
        int close = 1 + cell[1..].IndexOf('"');
        // A quotation mark within a quoted cell is written twice.
        while (close + 1 < cell.Length && cell[close + 1] == '"')
        {
            close += 2;
            close += cell[close..].IndexOf('"');
        }
        return close + 1 == cell.Length
            ? cell[1..close].Trim(White)
            : throw Fault(column + 1, $"found {Show(cell[(close + 1)..])} after a closing quotation mark, expected a comma or the end of the line.");
    }

    private static bool TryParse(ReadOnlySpan<char> cell, out double number) =>
        double.TryParse(cell, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
        // .NET takes zero bytes behind a number for its end.
        && cell[^1] != '\0' && float.IsFinite((float)number);

    private static string Show(ReadOnlySpan<char> cell)
    {
        if (cell.IsEmpty)
        {
            return "an empty cell";
        }
        StringBuilder text = new("'");
        foreach (char character in cell[..Math.Min(cell.Length, ShownLength)])
        {
            text.Append(char.IsControl(character) || char.IsSurrogate(character) || character == '\ufffd' ? '?' : character);
        }
        return text.Append(cell.Length > ShownLength ? "…'" : "'").ToString();
    }

    private static string Hint(ReadOnlySpan<char> cell) => cell.ContainsAny(';', '\t') ? "; cells must be separated by commas" : "";

    private MalformedFileException Fault(int column, string message) => Fault(_text.Line, column, message);

    private MalformedFileException Fault(int line, int column, string message) =>
        new(_path, string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column}: {message}"));
}
