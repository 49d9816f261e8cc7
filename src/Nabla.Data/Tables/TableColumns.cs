using System.Globalization;

namespace Nabla;

/// <summary>The columns of a table that has been read: what they are called and what is in them.</summary>
internal sealed class TableColumns
{
    // More classes than a reader takes are not counted.
    private const int MaxDistinct = ClassCount.Maximum + 1;

    private readonly string _path;

    public TableColumns(string path, TableCells cells)
    {
        (_path, Cells) = (path, cells);
        int count = cells.Layout.ColumnCount;
        (Least, Greatest, AreWhole, Present) = (new float[count], new float[count], new bool[count], new int[count]);
        Array.Fill(Least, float.PositiveInfinity);
        Array.Fill(Greatest, float.NegativeInfinity);
        Array.Fill(AreWhole, true);
        for (int row = 0, place = 0; row < cells.RowCount; row++)
        {
            for (int column = 0; column < count; column++, place++)
            {
                float value = cells.Values[place];
                if (!float.IsNaN(value))
                {
                    Present[column]++;
                    Least[column] = Math.Min(Least[column], value);
                    Greatest[column] = Math.Max(Greatest[column], value);
                    AreWhole[column] &= value == MathF.Floor(value);
                }
            }
        }
    }

    public TableCells Cells { get; }

    public int Count => Least.Length;

    /// <summary>Of the values of each column that are there.</summary>
    public float[] Least { get; }

    public float[] Greatest { get; }

    public bool[] AreWhole { get; }

    /// <summary>How many are there.</summary>
    public int[] Present { get; }

    public string[]? Names => Cells.Layout.Names;

    public bool IsWords(int column) => Cells.Words[column] is not null;

    public bool IsConstant(int column) => Least[column] == Greatest[column];

    public float Value(int row, int column) => Cells.Values[row * Count + column];

    /// <summary>The first row that has a value.</summary>
    public int FirstRow(int column)
    {
        int row = 0;
        while (float.IsNaN(Value(row, column)))
        {
            row++;
        }
        return row;
    }

    /// <summary>How many different values there are, up to one more than a reader takes classes.</summary>
    public int Distinct(int column)
    {
        HashSet<float> seen = [];
        for (int row = 0; row < Cells.RowCount && seen.Count < MaxDistinct; row++)
        {
            if (Value(row, column) is float value && !float.IsNaN(value))
            {
                seen.Add(value);
            }
        }
        return seen.Count;
    }

    /// <summary>The name of a column, as models keep it; null where the table has none.</summary>
    public string? NameOf(int column) => Names is null ? null : Names[column].Length > 0 ? Names[column] : string.Create(CultureInfo.InvariantCulture, $"column {column + 1}");

    /// <summary><c>column 3 "age"</c>.</summary>
    public string Show(int column) => string.Create(CultureInfo.InvariantCulture, $"column {column + 1}{(Names is null || Names[column].Length == 0 || Cells.Layout.NamesAreNumbers ? "" : $" \"{Names[column]}\"")}");

    /// <summary>The first of several columns.</summary>
    public string Show(IReadOnlyList<int> columns)
    {
        const int Shown = 8;
        return string.Join(", ", columns.Take(Shown).Select(Show)) + (columns.Count > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {columns.Count - Shown} more") : "");
    }

    /// <summary>The column that an option names: by its name, or by its number from 1.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public int Find(string text, string option)
    {
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= Count;
        // Of numbers as names the first is 0, which would be taken for the number of the column before.
        if (Names is not null && !(isNumber && Cells.Layout.NamesAreNumbers))
        {
            int[] exact = [.. Enumerable.Range(0, Count).Where(column => Names[column] == text)];
            int[] similar = exact.Length > 0 ? exact : [.. Enumerable.Range(0, Count).Where(column => Names[column].Equals(text, StringComparison.OrdinalIgnoreCase))];
            if (similar.Length > 1)
            {
                throw new ArgumentException($"{option}: {_path} has {similar.Length} columns named '{text}' ({Show(similar)}); give the number of one.");
            }
            if (similar.Length == 1)
            {
                return similar[0];
            }
        }
        return isNumber
            ? number - 1
            : throw new ArgumentException($"{option}: found '{text}', but {_path} has no such column; expected {(Names is null ? "" : "a name or ")}a number from 1 to {Count}{(Names is null ? "" : $": {Show([.. Enumerable.Range(0, Count)])}")}.");
    }

    /// <summary>What is wrong in a row.</summary>
    public MalformedFileException Fault(int row, int column, string message) => new(_path, string.Create(CultureInfo.InvariantCulture, $"line {Cells.Lines[row]}, column {column + 1}: {message}"));

    /// <summary>What is wrong in the first line.</summary>
    public MalformedFileException HeaderFault(int column, string message) => new(_path, string.Create(CultureInfo.InvariantCulture, $"line {Cells.Layout.FirstLine}, column {column + 1}: {message}"));

    /// <summary>What is wrong as a whole.</summary>
    public MalformedFileException Fault(string message) => new(_path, message);
}
