using System.Globalization;
using nietras.SeparatedValues;

namespace Nabla;

/// <summary>What the first rows of a table tell: what separates cells, whether the first line has names, and which columns are words.</summary>
internal sealed class TableLayout
{
    // So many rows are looked at, fewer of wide ones, but always the first two.
    private const int TellingRows = 1000;
    private const long TellingCells = 1 << 21;

    // A column with a smaller share of words is one of numbers with mistakes in it, which are refused where they stand.
    private const double LeastWords = 0.1;

    // Of fewer rows below it cannot be told that a first line of whole numbers is not like them.
    private const int EnoughRows = 3;

    // Numbers that go up by equal steps are no row by chance, where there are so many of them.
    private const int LongProgression = 5;

    private readonly string[] _first;
    private readonly int[] _numbers;
    private readonly int[] _words;
    private readonly int[] _fractions;
    private readonly bool[] _recurs;
    private string[] _second = [];
    private int _rows;

    private TableLayout(char separator, string[] first, int firstLine)
    {
        (Separator, _first, FirstLine) = (separator, first, firstLine);
        (_numbers, _words, _fractions, _recurs) = (new int[first.Length], new int[first.Length], new int[first.Length], new bool[first.Length]);
        IsWords = new bool[first.Length];
    }

    /// <summary>What separates cells; see <see cref="TableDialect"/>.</summary>
    public char Separator { get; }

    /// <summary>Whether a comma may begin the decimals of a number.</summary>
    public bool AllowsComma => Separator != ',';

    /// <summary>The first line that has cells, from 1; 0 where there is none.</summary>
    public int FirstLine { get; }

    /// <summary>Cells of that line.</summary>
    public int ColumnCount => _first.Length;

    /// <summary>The names of the columns, where the first line has such; what is not named is empty.</summary>
    public string[]? Names { get; private set; }

    /// <summary>Whether names are numbers, which could be taken for a row.</summary>
    public bool NamesAreNumbers { get; private set; }

    /// <summary>Which columns are words.</summary>
    public bool[] IsWords { get; }

    /// <summary>Looks at a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="schema">The columns of a model that it is read for; null for none.</param>
    public static TableLayout Of(string path, TableSchema? schema)
    {
        char separator = TableDialect.SeparatorOf(path);
        using DataFileReader reader = DataFileReader.Open(path);
        using TableText text = new(reader, separator);
        using SepReader rows = TableReader.Rows(text);
        TableLayout? layout = null;
        long cells = 0;
        foreach (SepReader.Row row in rows)
        {
            if (row.ColCount > 1 || !IsBlankOrComment(row[0].Span))
            {
                if (layout is null)
                {
                    layout = new TableLayout(separator, Cells(row), text.Line);
                }
                else
                {
                    layout.Add(row);
                }
                cells += row.ColCount;
                if (layout._rows >= TellingRows || (layout._rows > 0 && cells >= TellingCells))
                {
                    break;
                }
            }
            text.Line = row.LineNumberToExcl;
        }
        layout ??= new TableLayout(separator, [], 0);
        layout.Decide(schema);
        return layout;
    }

    public static bool IsBlankOrComment(ReadOnlySpan<char> line) => line.Trim(TableCell.White) is "" or TableText.Comment;

    private static string[] Cells(SepReader.Row row)
    {
        string[] cells = new string[row.ColCount];
        for (int column = 0; column < cells.Length; column++)
        {
            cells[column] = Inner(row[column].Span).ToString();
        }
        return cells;
    }

    private static ReadOnlySpan<char> Inner(ReadOnlySpan<char> cell)
    {
        // What is wrong with a cell is said when it is read.
        _ = TableCell.Unquote(cell, out ReadOnlySpan<char> inner);
        return inner;
    }

    private void Add(SepReader.Row row)
    {
        if (_rows++ == 0)
        {
            _second = Cells(row);
        }
        for (int column = 0; column < Math.Min(row.ColCount, _first.Length); column++)
        {
            ReadOnlySpan<char> cell = Inner(row[column].Span);
            if (TableCell.TryParse(cell, AllowsComma, out double number))
            {
                _numbers[column]++;
                _fractions[column] += number == Math.Floor(number) ? 0 : 1;
            }
            else if (TableCell.IsOddNumber(cell))
            {
                // It is refused as such, not taken for a word.
                _numbers[column]++;
            }
            else if (!TableCell.IsMissing(cell))
            {
                _words[column]++;
                _recurs[column] |= cell.SequenceEqual(_first[column]);
            }
        }
    }

    private void Decide(TableSchema? schema)
    {
        bool hasHeader = HasHeader(schema);
        for (int column = 0; column < _first.Length; column++)
        {
            if (!hasHeader && !TableCell.IsMissing(_first[column]))
            {
                _ = IsNumber(_first[column]) ? _numbers[column]++ : _words[column]++;
            }
            IsWords[column] = HasWords(column);
        }
        Names = hasHeader ? _first : null;
        NamesAreNumbers &= hasHeader;
        if (schema is not null)
        {
            (int[] features, int? answer) = PlacesOf(schema);
            for (int i = 0; i < features.Length; i++)
            {
                if (features[i] >= 0)
                {
                    IsWords[features[i]] = schema.Columns[i].Categories is not null;
                }
            }
            if (answer is int column && schema.Answer == TableAnswer.Words)
            {
                IsWords[column] = true;
            }
        }
    }

    /// <summary>The columns that a model knows: by their names, or where one side has none by their places.</summary>
    /// <returns>For each of its columns that of the table, −1 where it is not there; and the one that is to be answered, null where it is not there.</returns>
    public (int[] Features, int? Answer) PlacesOf(TableSchema schema)
    {
        if (Names is not null && schema.HasNames)
        {
            int named = schema.AnswerName is null ? -1 : Array.IndexOf(Names, schema.AnswerName);
            return ([.. schema.Columns.Select(column => Array.IndexOf(Names, column.Name!))], named < 0 ? null : named);
        }
        // All columns of the file that the model learnt from, those without the answer, or the features alone.
        int all = schema.FileColumns, answer = schema.AnswerPlace ?? 0;
        return ColumnCount == all ? ([.. schema.Columns.Select(column => column.Place - 1)], answer > 0 ? answer - 1 : null)
            : ColumnCount == schema.Columns.Count ? ([.. Enumerable.Range(0, ColumnCount)], null)
            : answer > 0 && ColumnCount == all - 1 ? ([.. schema.Columns.Select(column => column.Place - (column.Place > answer ? 2 : 1))], null)
            : ([.. schema.Columns.Select(_ => -1)], null);
    }

    private bool HasWords(int column) =>
        _words[column] > 0 && (_numbers[column] == 0 || (_words[column] > 1 && _words[column] >= LeastWords * (_words[column] + _numbers[column])));

    private bool HasHeader(TableSchema? schema)
    {
        if (schema is { HasNames: true } && schema.Columns.Count(column => _first.Contains(column.Name)) is > 0 and int known && 2 * known >= schema.Columns.Count)
        {
            return true;
        }
        int namesOverNumbers = 0, numbers = 0, words = 0;
        for (int column = 0; column < _first.Length; column++)
        {
            bool isNumber = IsNumber(_first[column]), isWord = !isNumber && !TableCell.IsMissing(_first[column]);
            numbers += isNumber ? 1 : 0;
            words += isWord ? 1 : 0;
            namesOverNumbers += isWord && _numbers[column] > 0 && !HasWords(column) ? 1 : 0;
        }
        if (namesOverNumbers > 0 && namesOverNumbers >= numbers)
        {
            return true;
        }
        if (numbers > 0)
        {
            return NamesAreNumbers = IsHeaderOfNumbers();
        }
        // Words alone: names are in no row, and each is another.
        return words > 0 && !_recurs.Contains(true) && _first.Where(cell => cell.Length > 0).Distinct().Count() == _first.Count(cell => cell.Length > 0);
    }

    /// <summary>Whether the numbers in the first line are names: counted through, or as pandas writes them where the header was a row.</summary>
    private bool IsHeaderOfNumbers()
    {
        int[] columns = [.. Enumerable.Range(0, _first.Length).Where(column => IsNumber(_first[column]))];
        if (_rows == 0)
        {
            return false;
        }
        if (IsProgression(_first, columns))
        {
            bool differs = columns.Any(column => _fractions[column] > 0 || HasWords(column));
            return (columns.Length >= LongProgression && !IsProgression(_second, columns)) || (_rows >= EnoughRows && differs);
        }
        // pandas names what stands twice '0', '0.1', '0.2' and so on.
        Dictionary<string, int> seen = [];
        int repeated = 0;
        foreach (int column in columns)
        {
            string cell = _first[column];
            int point = cell.LastIndexOf('.');
            if (point < 0)
            {
                if (!seen.TryAdd(cell, 0))
                {
                    return false;
                }
            }
            else if (seen.TryGetValue(cell[..point], out int count) && cell[(point + 1)..] == (count + 1).ToString(CultureInfo.InvariantCulture) && _fractions[column] == 0)
            {
                seen[cell[..point]]++;
                repeated++;
            }
            else
            {
                return false;
            }
        }
        return repeated >= 2;
    }

    private bool IsProgression(string[] row, int[] columns)
    {
        if (columns.Length < 3 || columns[^1] >= row.Length)
        {
            return false;
        }
        double step = 0, last = 0;
        for (int i = 0; i < columns.Length; i++)
        {
            if (!TableCell.TryParse(row[columns[i]], AllowsComma, out double number) || number != Math.Floor(number))
            {
                return false;
            }
            if (i == 1)
            {
                step = number - last;
            }
            if (i > 0 && (step <= 0 || number - last != step))
            {
                return false;
            }
            last = number;
        }
        return true;
    }

    private bool IsNumber(string cell) => TableCell.TryParse(cell, AllowsComma, out _) || TableCell.IsOddNumber(cell);
}
