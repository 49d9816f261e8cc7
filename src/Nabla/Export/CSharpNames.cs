using System.Globalization;
using System.Text;

namespace Nabla;

/// <summary>Names and texts of others in C# source: what is a name, and how a text stands in a comment or between quotes without leaving it.</summary>
internal static class CSharpNames
{
    private const int MaxLength = 200;

    // The words that are reserved everywhere in C# 9.
    private static readonly HashSet<string> Reserved =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default", "delegate",
        "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in",
        "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params", "private",
        "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this",
        "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
        // Those with a meaning of their own as the name of a type.
        "dynamic", "nint", "notnull", "nuint", "record", "unmanaged", "var", "_",
    ];

    /// <summary>Whether a class, or a part of a namespace, can have this name: it is one, and means nothing else in the exported file.</summary>
    public static bool IsFree(string? name) =>
        name is { Length: >= 1 and <= MaxLength } && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
        && !Reserved.Contains(name) && !CSharpMethods.TakenNames.Contains(name);

    /// <summary>A text as it can stand in a comment: what would end the line, or show as something else than it is, as its code point.</summary>
    public static string Comment(string text)
    {
        StringBuilder plain = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsPlain(rune))
            {
                plain.Append(rune);
            }
            else
            {
                plain.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
            }
        }
        return plain.ToString();
    }

    /// <summary>The same in a comment of documentation, which is XML.</summary>
    public static string Documentation(string text) => Comment(text).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>A text between quotes.</summary>
    public static string Quoted(string text)
    {
        StringBuilder quoted = new("\"", text.Length + 2);
        foreach (char character in text)
        {
            if (character is '"' or '\\')
            {
                quoted.Append('\\').Append(character);
            }
            // Halves of a pair come one by one here; they are letters of a language as often as not, and just as right as codes.
            else if (!char.IsSurrogate(character) && IsPlain(new Rune(character)))
            {
                quoted.Append(character);
            }
            else
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>A number as C# reads it back to the same bits.</summary>
    public static string Number(float value) =>
        float.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) + "f"
        : float.IsNaN(value) ? "float.NaN"
        : value > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity";

    /// <summary>A name of a parameter or buffer, such as <c>dense1/weight</c>, as that of a field: <c>Dense1Weight</c>.</summary>
    public static string Field(string name) => string.Concat(name.Split('/').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate)
        && rune.Value != 0xFFFD;
}
