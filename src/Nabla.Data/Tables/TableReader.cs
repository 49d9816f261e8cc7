using System.Globalization;
using nietras.SeparatedValues;

namespace Nabla;

/// <summary>The cells of a table, row by row: numbers, and of columns of words the place of the word in their list.</summary>
/// <param name="Layout">What the first rows told.</param>
/// <param name="Values">[rows, columns]; NaN where a cell is missing.</param>
/// <param name="Words">For each column of words those that it has, in the order of their first row; null for numbers.</param>
/// <param name="Lines">The line of each row, from 1.</param>
/// <param name="Missing">For each column the first row with a missing cell, or −1.</param>
/// <param name="HasCommas">Whether numbers have decimal commas.</param>
/// <param name="Comments">Number of comments that were left out.</param>
internal sealed record TableCells(TableLayout Layout, TableValues Values, List<string>?[] Words, int[] Lines, int[] Missing, bool HasCommas, int Comments)
{
    public int RowCount => Lines.Length;
}

/// <summary>Reads the cells of a table. Sep finds them; what they are is found here, without a string for each.</summary>
internal sealed class TableReader
{
    // More different words than any column can have: names of things, not of kinds.
    private const int MaxWords = 1 << 20;

    private readonly string _path;
    private readonly TableText _text;
    private readonly TableLayout _layout;
    private readonly TableValues _values = new();
    private readonly List<int> _lines = [];
    private readonly List<string>?[] _words;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>[] _places;
    private readonly int[] _missing;
    private readonly bool _hasWords;
    private readonly int _cellCount;
    private bool _hasCommas;
    private bool _hasPoints;

    private TableReader(string path, TableText text, TableLayout layout)
    {
        (_path, _text, _layout, _cellCount) = (path, text, layout, layout.ColumnCount);
        _missing = new int[_cellCount];
        Array.Fill(_missing, -1);
        _words = new List<string>?[_cellCount];
        _places = new Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>[_cellCount];
        for (int column = 0; column < _cellCount; column++)
        {
            if (layout.IsWords[column])
            {
                _hasWords = true;
                _words[column] = [];
                _places[column] = new Dictionary<string, int>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
            }
        }
    }

    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="schema">The columns of a model that it is read for; null for none.</param>
    public static TableCells Read(string path, TableSchema? schema)
    {
        TableLayout layout = TableLayout.Of(path, schema);
        using DataFileReader reader = DataFileReader.Open(path);
        using TableText text = new(reader, layout.Separator);
        return new TableReader(path, text, layout).Read();
    }

    // Sep takes quotation marks away, too, but also where they are wrong; and counts cells, but does not name lines and columns as we do.
    public static SepReader Rows(TableText text) => new Sep(text.Separator).Reader(options => options with { HasHeader = false, DisableColCountCheck = true }).From(text);

    private TableCells Read()
    {
        int blankLine = 0;
        using SepReader rows = Rows(_text);
        foreach (SepReader.Row row in rows)
        {
            ReadOnlySpan<char> only = row.ColCount == 1 ? row[0].Span.Trim(TableCell.White) : "x";
            if (only.IsEmpty)
            {
                blankLine = blankLine == 0 ? _text.Line : blankLine;
            }
            else if (only is not TableText.Comment)
            {
                if (blankLine != 0)
                {
                    throw Fault(blankLine, 1, "found a blank line between others, expected cells; delete the line.");
                }
                if (_layout.Names is null || _text.Line != _layout.FirstLine)
                {
                    ReadRow(row);
                }
                else
                {
                    CheckHeader(row);
                }
            }
            _text.Line = row.LineNumberToExcl;
        }
        if (_lines.Count == 0)
        {
            throw Fault(_text.Line, 1, "found the end of the file, expected rows of numbers; the file is empty or cut short.");
        }
        return new TableCells(_layout, _values, _words, [.. _lines], _missing, _hasCommas, _text.Comments);
    }

    private void CheckHeader(SepReader.Row row)
    {
        for (int column = 0; column < row.ColCount; column++)
        {
            if (TableCell.Unquote(row[column].Span, out _) is string wrong)
            {
                throw Fault(_text.Line, column + 1, wrong);
            }
        }
    }

    private void ReadRow(SepReader.Row row)
    {
        // What is there is looked at before what is missing.
        int last = Math.Min(row.ColCount, _cellCount);
        if (_cellCount > SampleLimits.MaxValues - _values.Count)
        {
            throw Fault(_text.Line, 1, $"found more than {SampleLimits.MaxValues} cells, expected at most as many; split the file.");
        }
        if (_hasWords || !_values.AreBytes || !TryReadBytes(row, _values.ByteRoom(_cellCount)[..last]))
        {
            ReadFloats(row, _values.FloatRoom(_cellCount)[..last]);
        }
        if (row.ColCount != _cellCount)
        {
            string found = row.ColCount < _cellCount ? $"the line ends after {row.ColCount} cells, expected {_cellCount}" : $"the line goes on after {_cellCount} cells, expected it to end";
            throw Fault(_text.Line, last + 1, $"{found}, as in line {_layout.FirstLine}.");
        }
        _values.Advance(_cellCount);
        _lines.Add(_text.Line);
    }

    /// <summary>Reads cells that are whole numbers of 0 to 255.</summary>
    /// <returns>Whether all are; otherwise this row and all that follow are floats.</returns>
    private bool TryReadBytes(SepReader.Row row, Span<byte> destination)
    {
        for (int column = 0; column < destination.Length; column++)
        {
            ReadOnlySpan<char> cell = row[column].Span;
            // Nearly all cells are one to three digits.
            int value = cell.Length is >= 1 and <= 3 ? 0 : int.MaxValue;
            for (int k = 0; k < cell.Length && value <= byte.MaxValue; k++)
            {
                int digit = cell[k] - '0';
                value = (uint)digit <= 9 ? value * 10 + digit : int.MaxValue;
            }
            if (value > byte.MaxValue)
            {
                double number = ReadNumber(cell, column);
                if (!(number >= 0 && number <= byte.MaxValue && number == Math.Floor(number)))
                {
                    return false;
                }
                value = (int)number;
            }
            destination[column] = (byte)value;
        }
        return true;
    }

    private void ReadFloats(SepReader.Row row, Span<float> destination)
    {
        for (int column = 0; column < destination.Length; column++)
        {
            destination[column] = _words[column] is null ? (float)ReadNumber(row[column].Span, column) : ReadWord(row[column].Span, column);
        }
    }

    private double ReadNumber(ReadOnlySpan<char> cell, int column)
    {
        if (!TableCell.TryParse(cell, _layout.AllowsComma, out double number))
        {
            cell = Unquote(cell, column);
            if (!TableCell.TryParse(cell, _layout.AllowsComma, out number))
            {
                return TableCell.IsMissing(cell) ? Miss(column)
                    : throw Fault(_text.Line, column + 1, $"found {TableCell.Show(cell)}, expected a number{(TableCell.HasThousands(cell) ? " without thousands separators" : cell.ContainsAny(';', '\t') ? "; cells must be separated as in the first line" : "")}.");
            }
        }
        if (_layout.AllowsComma && cell.IndexOfAny(',', '.') is >= 0 and int at)
        {
            (_hasCommas, _hasPoints) = (_hasCommas || cell[at] == ',', _hasPoints || cell[at] == '.');
            if (_hasCommas && _hasPoints)
            {
                throw Fault(_text.Line, column + 1, $"found {TableCell.Show(cell)} with a decimal {(cell[at] == ',' ? "comma" : "point")}, expected a {(cell[at] == ',' ? "point" : "comma")} as in the cells before.");
            }
        }
        return number;
    }

    private float ReadWord(ReadOnlySpan<char> cell, int column)
    {
        cell = Unquote(cell, column);
        if (TableCell.IsMissing(cell))
        {
            return (float)Miss(column);
        }
        if (_places[column].TryGetValue(cell, out int place))
        {
            return place;
        }
        string word = cell.ToString();
        if (!SchemaColumn.IsName(word))
        {
            throw Fault(_text.Line, column + 1, $"found {TableCell.Show(cell)}, expected a word of at most 255 characters, none of them a control character.");
        }
        if (word.Contains('\ufffd', StringComparison.Ordinal))
        {
            throw Fault(_text.Line, column + 1, $"found {TableCell.Show(cell)}, which is not UTF-8 or UTF-16; save the file in one of these.");
        }
        List<string> words = _words[column]!;
        if (words.Count == MaxWords)
        {
            throw Fault(_text.Line, column + 1, $"found more than {MaxWords} different words in one column, expected categories; leave the column out.");
        }
        words.Add(word);
        _places[column].TryAdd(cell, words.Count - 1);
        return words.Count - 1;
    }

    private double Miss(int column)
    {
        if (_missing[column] < 0)
        {
            _missing[column] = _lines.Count;
        }
        return double.NaN;
    }

    private ReadOnlySpan<char> Unquote(ReadOnlySpan<char> cell, int column) =>
        TableCell.Unquote(cell, out ReadOnlySpan<char> inner) is string wrong ? throw Fault(_text.Line, column + 1, wrong) : inner;

    private MalformedFileException Fault(int line, int column, string message) =>
        new(_path, string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column}: {message}"));
}
