using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Nabla;

/// <summary>What a cell of a table can be.</summary>
internal static partial class TableCell
{
    /// <summary>What stands around cells and means nothing.</summary>
    public const string White = " \t";

    /// <summary>Characters of a cell that errors quote.</summary>
    private const int ShownLength = 20;

    private const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly NumberFormatInfo Commas = new() { NumberDecimalSeparator = "," };

    private static readonly string[] Missing = ["", "NA", "N/A", "NaN", "null", "?"];

    /// <summary>A finite number that a float can hold, with a decimal point or, where that is allowed, a decimal comma.</summary>
    public static bool TryParse(ReadOnlySpan<char> cell, bool allowsComma, out double number) =>
        (double.TryParse(cell, Number, CultureInfo.InvariantCulture, out number) || (allowsComma && double.TryParse(cell, Number, Commas, out number)))
        // .NET takes zero bytes behind a number for its end.
        && cell[^1] != '\0' && float.IsFinite((float)number);

    /// <summary>Whether a cell, without quotation marks and blanks around it, says that there is no value.</summary>
    public static bool IsMissing(ReadOnlySpan<char> cell)
    {
        if (cell.Length > 4)
        {
            return false;
        }
        foreach (string missing in Missing)
        {
            if (cell.Equals(missing, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>A cell without its quotation marks and the blanks around it.</summary>
    /// <param name="cell">The cell as it stands in the file.</param>
    /// <param name="inner">What is in it.</param>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public static string? Unquote(ReadOnlySpan<char> cell, out ReadOnlySpan<char> inner)
    {
        cell = cell.Trim(White);
        inner = cell;
        int open = cell.IndexOf('"');
        if (open < 0)
        {
            return null;
        }
        if ((cell.Count('"') & 1) != 0)
        {
            return $"found {Show(cell[open..])} without a closing quotation mark, expected one in the same line.";
        }
        if (open > 0)
        {
            return null;
        }
        int close = 1 + cell[1..].IndexOf('"');
        // A quotation mark within a quoted cell is written twice.
        while (close + 1 < cell.Length && cell[close + 1] == '"')
        {
            close += 2;
            close += cell[close..].IndexOf('"');
        }
        if (close + 1 < cell.Length)
        {
            return $"found {Show(cell[(close + 1)..])} after a closing quotation mark, expected a separator or the end of the line.";
        }
        inner = cell[1..close].Trim(White);
        return null;
    }

    /// <summary>A cell as errors quote it.</summary>
    public static string Show(ReadOnlySpan<char> cell)
    {
        if (cell.IsEmpty)
        {
            return "an empty cell";
        }
        StringBuilder text = new("'");
        foreach (char character in cell[..Math.Min(cell.Length, ShownLength)])
        {
            text.Append(char.IsControl(character) || char.IsSurrogate(character) || character is '\ufffd' or '\u2028' or '\u2029' ? '?' : character);
        }
        return text.Append(cell.Length > ShownLength ? "…'" : "'").ToString();
    }

    /// <summary>Whether it is a number that is not read: beyond what a float can hold, or with thousands separators.</summary>
    public static bool IsOddNumber(ReadOnlySpan<char> cell) =>
        HasThousands(cell) || (cell.Length > 0 && char.IsAsciiDigit(cell[^1]) && double.TryParse(cell, Number, CultureInfo.InvariantCulture, out double number) && !float.IsFinite((float)number));

    /// <summary>Whether it is a number in groups of three digits, such as 1,234.50 or 1'234.</summary>
    public static bool HasThousands(ReadOnlySpan<char> cell) => !cell.IsEmpty && char.IsAsciiDigit(cell[^1]) && InGroups().IsMatch(cell);

    [GeneratedRegex(@"^[+-]?[0-9]{1,3}([,.'’ \u00a0\u202f][0-9]{3})+([.,][0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex InGroups();
}
