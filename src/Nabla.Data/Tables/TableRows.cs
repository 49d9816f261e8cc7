using System.Globalization;
using nietras.SeparatedValues;

namespace Nabla;

/// <summary>The rows of a table to predict from, which can be written again with the answers beside them.</summary>
public sealed class TableRows
{
    private readonly string _path;
    private readonly TableData _table;

    private TableRows(string path, TableData table) => (_path, _table) = (path, table);

    /// <summary>The samples, in the order of their rows.</summary>
    public Features Features => _table.Features;

    /// <summary>For each sample the row that it is, from 0: rows with missing cells may have been left out.</summary>
    public IReadOnlyList<int> Rows => _table.Rows;

    /// <summary>Number of rows in the file.</summary>
    public int Count => _table.RowCount;

    /// <summary>What was guessed and left out, each in one line for people.</summary>
    public IReadOnlyList<string> Notes => _table.Notes;

    /// <summary>Whether a file is a table of text, by its contents.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <exception cref="MalformedFileException">It is a table of another program, which is not read; the message says what to do.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static bool AreIn(string path)
    {
        try
        {
            return DataFormatDetector.Detect(path, out _) == DataFormat.Csv;
        }
        catch (MalformedFileException exception) when (exception.Offset == 0)
        {
            // Of no known format.
            return false;
        }
    }

    /// <summary>Reads a table whose answers are not asked for; a column that has them may be there.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="options">What is known about it, above all the model's columns (<see cref="DataFileOptions.Schema"/>); without these it is images, or what <see cref="Csv"/> takes it for.</param>
    /// <exception cref="ArgumentException">An option names a column that is not there.</exception>
    /// <exception cref="MalformedFileException">The contents are no such table, or lack a column.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static TableRows Read(string path, DataFileOptions options) => new(path, TableFile.Read(path, options, needsAnswers: false));

    /// <summary>A number as the table writes numbers: with a decimal comma where it has such.</summary>
    /// <param name="value">The number.</param>
    /// <param name="format">How it is written, such as <c>F4</c>.</param>
    public string Format(double value, string format)
    {
        string text = value.ToString(format, CultureInfo.InvariantCulture);
        return _table.HasCommas ? text.Replace('.', ',') : text;
    }

    /// <summary>Writes the rows as they stand in the file, and further columns behind them. Comments are left out; runs of blanks between cells become tabs.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="names">The names of the further columns, written where the table has a header.</param>
    /// <param name="cells">For each sample its further cells; rows that are no sample have empty ones.</param>
    /// <exception cref="ArgumentException">There are not as many lists of cells as samples.</exception>
    /// <exception cref="MalformedFileException">The file has changed since it was read.</exception>
    /// <exception cref="IOException">The file cannot be read, or the output not be written.</exception>
    public void Write(TextWriter output, IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<string>> cells)
    {
        if (cells.Count != Rows.Count)
        {
            throw new ArgumentException($"There are cells for {cells.Count} rows, expected {Rows.Count}.", nameof(cells));
        }
        using DataFileReader reader = DataFileReader.Open(_path);
        using TableText text = new(reader, _table.Separator);
        using SepReader rows = TableReader.Rows(text);
        string[] empty = [.. names.Select(_ => "")];
        int row = _table.HasHeader ? -1 : 0, sample = 0;
        foreach (SepReader.Row line in rows)
        {
            if (line.ColCount == 1 && TableLayout.IsBlankOrComment(line[0].Span))
            {
                continue;
            }
            if (row >= Count)
            {
                throw new MalformedFileException(_path, "has more rows than when it was read; it has been changed meanwhile.");
            }
            output.Write(line.Span);
            bool isSample = row >= 0 && sample < Rows.Count && Rows[sample] == row;
            foreach (string cell in row < 0 ? names : isSample ? cells[sample] : empty)
            {
                output.Write(text.Separator);
                output.Write(cell.AsSpan().IndexOfAny(text.Separator, '"') < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
            }
            output.Write('\n');
            sample += isSample ? 1 : 0;
            row++;
        }
    }
}
