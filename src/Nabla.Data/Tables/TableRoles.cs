using System.Text.RegularExpressions;

namespace Nabla;

/// <summary>Which column of a table is what.</summary>
internal static partial class TableRoles
{
    /// <summary>Of fewer rows it cannot be told what a column has.</summary>
    public const int FewRows = 10;

    // Smaller squares are tables of few columns as well.
    private const int LeastSide = 5;

    // Pixels at the rim of images may by chance have the range of the labels; where more columns have, it is that of pixels.
    private const double MostAlike = 0.1;

    private static readonly string[] AnswerNames = ["label", "class", "target", "y", "species"];

    /// <summary>The column that is to be answered.</summary>
    /// <param name="Column">Which.</param>
    /// <param name="IsTarget">Whether it has numbers, for a regression; else classes.</param>
    /// <param name="IsObvious">Whether it was named, by an option or by its own name.</param>
    internal sealed record Answer(int Column, bool IsTarget, bool IsObvious);

    /// <summary>The column that numbers the rows; null where none does.</summary>
    public static int? IndexColumn(TableColumns columns)
    {
        for (int column = 0; column < columns.Count; column++)
        {
            string name = columns.Names?[column] ?? "";
            bool isNumbered = IsNumbered(columns, column);
            // pandas writes its index without a name, and names it when it reads it.
            bool isUnnamed = columns.Names is not null && column == 0 && (name.Length == 0 || name.StartsWith("Unnamed: ", StringComparison.Ordinal));
            bool isIndex = name.ToUpperInvariant() is "ID" or "INDEX";
            bool isFirstOfNone = columns.Names is null && column == 0 && columns.Cells.RowCount >= FewRows;
            if ((isUnnamed && columns.Present[column] > 0) || (isIndex && (isNumbered || IsKey(columns, column))) || (isFirstOfNone && isNumbered))
            {
                return column;
            }
        }
        return null;
    }

    /// <summary>The column to answer: the one that was asked for, or that is obvious.</summary>
    /// <param name="columns">The table.</param>
    /// <param name="candidates">Columns that are not passed over.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="needed">Whether it is an error that there is none.</param>
    public static Answer? FindAnswer(TableColumns columns, int[] candidates, DataFileOptions options, bool needed)
    {
        if (options.Target is string target)
        {
            int column = columns.Find(target, "--target");
            return !columns.IsWords(column) ? new Answer(column, IsTarget: true, IsObvious: true)
                : throw new ArgumentException($"--target: {columns.Show(column)} has words, such as {TableCell.Show(columns.Cells.Words[column]![0])}, expected numbers; words are classes: --label {target}.");
        }
        if (options.Label is string label)
        {
            return new Answer(columns.Find(label, "--label"), IsTarget: false, IsObvious: true);
        }
        int[] named = columns.Names is { } names ? [.. candidates.Where(column => AnswerNames.Contains(names[column], StringComparer.OrdinalIgnoreCase))] : [];
        if (named.Length > 1)
        {
            throw columns.Fault($"has several columns that could be the label, {columns.Show(named)}; name one with --label, and leave the others out with --skip.");
        }
        if (named.Length == 1)
        {
            int answer = named[0];
            if (!columns.IsWords(answer) && !columns.AreWhole[answer])
            {
                int row = Enumerable.Range(0, columns.Cells.RowCount).First(row => columns.Value(row, answer) is float value && value != MathF.Floor(value) && !float.IsNaN(value));
                throw columns.Fault(row, answer, FormattableString.Invariant($"found label '{(double)columns.Value(row, answer)}', expected a whole number or a word; for a regression give the column as --target {answer + 1}, else name the label with --label."));
            }
            return new Answer(answer, IsTarget: false, IsObvious: true);
        }
        int[] words = [.. candidates.Where(columns.IsWords)];
        int? found = words.Length > 0 ? OfWords(columns, words) : OfNumbers(columns, candidates, needed);
        return found is int column2 ? new Answer(column2, IsTarget: false, IsObvious: false)
            : needed ? throw Unclear(columns, candidates)
            : null;
    }

    /// <summary>Whether columns are pixels: by their names, or because they could be nothing else.</summary>
    public static bool AreImages(TableColumns columns, int[] features)
    {
        bool areNamedPixels = columns.Names is not null && !columns.Cells.Layout.NamesAreNumbers && Array.TrueForAll(features, column => PixelName().IsMatch(columns.Names[column]));
        if (Array.FindIndex(features, columns.IsWords) is >= 0 and int word)
        {
            return !areNamedPixels ? false
                : throw columns.Fault(columns.FirstRow(features[word]), features[word], $"found {TableCell.Show(columns.Cells.Words[features[word]]![0])}, expected a number, as pixels are.");
        }
        if (areNamedPixels)
        {
            return true;
        }
        if (columns.Names is { } names && !columns.Cells.Layout.NamesAreNumbers)
        {
            if (!Array.TrueForAll(features, column => PerhapsPixelName().IsMatch(names[column])))
            {
                return false;
            }
        }
        return IsSquare(features.Length) && HaveOneRange(columns, features);
    }

    /// <summary>The columns of a model in a table.</summary>
    /// <returns>For each column of the model that of the table, and the one with what is to be answered; null where there is none.</returns>
    public static (int[] Features, int? Answer) Match(TableColumns columns, TableSchema schema, DataFileOptions options)
    {
        int? asked = options.Label is string label ? columns.Find(label, "--label") : options.Target is string target ? columns.Find(target, "--target") : null;
        if ((schema.Answer == TableAnswer.Target ? options.Label : options.Target) is not null)
        {
            throw new ArgumentException(schema.Answer == TableAnswer.Target ? "--label: the model answers numbers, expected --target." : "--target: the model answers classes, expected --label.");
        }
        (int[] features, int? answer) = columns.Cells.Layout.PlacesOf(schema);
        if (columns.Names is { } names && schema.HasNames)
        {
            foreach (SchemaColumn column in schema.Columns)
            {
                ThrowUnlessOnce(columns, names, column.Name!);
            }
            if (answer is not null)
            {
                ThrowUnlessOnce(columns, names, schema.AnswerName!);
            }
        }
        else if (features[0] < 0)
        {
            throw columns.HeaderFault(Math.Min(columns.Count, schema.FileColumns), FormattableString.Invariant($"found {columns.Count} columns {(columns.Names is null ? "without names" : "and a model that knows no names")}, expected {schema.FileColumns} as in the table that the model learnt from, or its {schema.Columns.Count} features."));
        }
        return (features, asked ?? answer);
    }

    private static void ThrowUnlessOnce(TableColumns columns, string[] names, string name)
    {
        int first = Array.IndexOf(names, name), last = Array.LastIndexOf(names, name);
        if (first < 0)
        {
            throw columns.Fault($"has no column \"{name}\", which the model learnt from; its columns are {columns.Show([.. Enumerable.Range(0, columns.Count)])}.");
        }
        if (first != last)
        {
            throw columns.HeaderFault(last, $"found the name {TableCell.Show(name)} as in column {first + 1}, expected it once: the model knows the column by it.");
        }
    }

    /// <summary>The only column of words that has classes, where there is one.</summary>
    private static int? OfWords(TableColumns columns, int[] words) =>
        words is [int only] && (columns.Cells.RowCount < FewRows || (!columns.IsConstant(only) && columns.Distinct(only) is int classes && classes <= ClassCount.Maximum && 2 * classes <= columns.Cells.RowCount)) ? only : null;

    /// <summary>The first or last column, where one of them has classes and the other not.</summary>
    private static int? OfNumbers(TableColumns columns, int[] candidates, bool needed)
    {
        if (candidates.Length == 0)
        {
            return null;
        }
        int first = candidates[0], last = candidates[^1];
        if (columns.Names is { } names && !columns.Cells.Layout.NamesAreNumbers)
        {
            bool[] arePixels = [.. candidates.Select(column => PixelName().IsMatch(names[column]) || PerhapsPixelName().IsMatch(names[column]))];
            if (arePixels.All(isPixel => isPixel))
            {
                // Pixels without labels.
                return null;
            }
            if (arePixels.Count(isPixel => !isPixel) == 1 && candidates.Length > 2)
            {
                return candidates[Array.IndexOf(arePixels, false)];
            }
        }
        else if (columns.Cells.RowCount < FewRows)
        {
            // Nothing can be told but the count: 785 numbers are a label and an image, 784 an image.
            int side = (int)Math.Sqrt(candidates.Length);
            return side * side != candidates.Length ? first : null;
        }
        bool[] areClear = [HasClasses(columns, first, candidates, isStrict: true), HasClasses(columns, last, candidates, isStrict: true)];
        if (areClear is [true, false] or [false, true])
        {
            return areClear[0] ? first : last;
        }
        bool isSquare = IsSquare(candidates.Length - 1) && !IsSquare(candidates.Length);
        if (areClear[0] || !isSquare)
        {
            return null;
        }
        // An image and a number: which of the two ends is not a pixel.
        bool[] arePossible = [HasClasses(columns, first, candidates, isStrict: false), HasClasses(columns, last, candidates, isStrict: false)];
        return arePossible is [true, false] ? first : arePossible is [false, true] ? last
            : needed ? throw columns.Fault($"has an image in each row and a label first or last, but {(arePossible[0] ? $"{columns.Show(first)} and {columns.Show(last)} could both be it" : $"neither {columns.Show(first)} nor {columns.Show(last)} has classes{(columns.IsConstant(first) ? FormattableString.Invariant($" ({columns.Show(first)} is {columns.Least[first]} in every row)") : "")}")}; name it with --label {first + 1} or --label {last + 1}.")
            : null;
    }

    /// <summary>Whether a column could be classes and is not like the others.</summary>
    /// <param name="columns">The table.</param>
    /// <param name="column">The column.</param>
    /// <param name="candidates">It and the others.</param>
    /// <param name="isStrict">Whether classes have to be counted through from 0 or 1, and the others to have another range.</param>
    private static bool HasClasses(TableColumns columns, int column, int[] candidates, bool isStrict)
    {
        if (!columns.AreWhole[column] || columns.IsConstant(column) || columns.Least[column] < 0 || columns.Greatest[column] >= ClassCount.Maximum
            || columns.Distinct(column) is int distinct && 2 * distinct > columns.Cells.RowCount)
        {
            return false;
        }
        if (!isStrict)
        {
            return true;
        }
        int likeIt = candidates.Count(other => other != column && columns.AreWhole[other] && columns.Least[other] == columns.Least[column] && columns.Greatest[other] == columns.Greatest[column]);
        return likeIt <= MostAlike * (candidates.Length - 1) && (columns.Least[column] is 0 or 1) && columns.Distinct(column) == columns.Greatest[column] - columns.Least[column] + 1;
    }

    private static MalformedFileException Unclear(TableColumns columns, int[] candidates)
    {
        if (columns.Names is null ? IsSquare(candidates.Length) : AreImages(columns, candidates))
        {
            return columns.HeaderFault(0, $"found {candidates.Length} pixels a row without a label, expected one: name its column with --label; without labels it can only be predicted from.");
        }
        int[] words = [.. candidates.Where(columns.IsWords)];
        string found = words.Length > 0 ? $"{columns.Show(words)} {(words.Length == 1 ? "has words, but not as classes have them" : "have words")}" : "all columns are numbers";
        return columns.Fault($"does not say which column is to be answered ({found}); name it: --label NAME for classes, --target NAME for a number. Columns are {columns.Show(candidates)}.");
    }

    private static bool IsSquare(int count) => (int)Math.Sqrt(count) is >= LeastSide and int side && side * side == count;

    /// <summary>Whether all are grey levels: whole numbers of a byte, or all of 0 to 1 or −1 to 1.</summary>
    private static bool HaveOneRange(TableColumns columns, int[] features)
    {
        float least = float.PositiveInfinity, greatest = float.NegativeInfinity;
        bool areWhole = true;
        foreach (int column in features)
        {
            (least, greatest) = (Math.Min(least, columns.Least[column]), Math.Max(greatest, columns.Greatest[column]));
            areWhole &= columns.AreWhole[column];
        }
        return (areWhole && least >= 0 && greatest <= byte.MaxValue) || (least >= -1 && greatest <= 1) || (!areWhole && least >= 0 && greatest is > 128 and <= byte.MaxValue);
    }

    /// <summary>Whether it counts the rows, from 0 or 1.</summary>
    private static bool IsNumbered(TableColumns columns, int column)
    {
        if (columns.IsWords(column) || columns.Value(0, column) is not (0 or 1))
        {
            return false;
        }
        for (int row = 1; row < columns.Cells.RowCount; row++)
        {
            if (columns.Value(row, column) != columns.Value(row - 1, column) + 1)
            {
                return false;
            }
        }
        return columns.Cells.RowCount > 1;
    }

    /// <summary>Whether it is a whole number of its own in every row.</summary>
    private static bool IsKey(TableColumns columns, int column)
    {
        HashSet<float> seen = [];
        for (int row = 0; row < columns.Cells.RowCount; row++)
        {
            if (columns.IsWords(column) || !columns.AreWhole[column] || !seen.Add(columns.Value(row, column)))
            {
                return false;
            }
        }
        return columns.Cells.RowCount >= FewRows;
    }

    [GeneratedRegex(@"^((pixel|px)[ _.-]?[0-9]+|[0-9]+ ?x ?[0-9]+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PixelName();

    [GeneratedRegex(@"^(p|v|x)?[ _.-]?[0-9]+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PerhapsPixelName();
}
