namespace Nabla;

/// <summary>What the numbers of an array are; NumPy's letter for it.</summary>
internal enum NumericKind
{
    /// <summary>One byte, 0 or 1.</summary>
    Boolean = 'b',

    /// <summary>A whole number of at least 0.</summary>
    Unsigned = 'u',

    /// <summary>A whole number.</summary>
    Signed = 'i',

    /// <summary>An IEEE 754 number.</summary>
    Float = 'f',
}

/// <summary>The type of an array's numbers as NumPy names it: <c>&lt;f4</c> is a little-endian float of four bytes.</summary>
/// <param name="Kind">What the numbers are.</param>
/// <param name="Size">Bytes a number: 1, 2, 4 or 8; floats have 2, 4 or 8, booleans 1.</param>
/// <param name="IsBigEndian">Whether the most significant byte comes first; false where there is only one.</param>
internal readonly record struct NumericType(NumericKind Kind, int Size, bool IsBigEndian)
{
    /// <summary>The types that are read, for errors.</summary>
    public const string Known = "b1, u1, u2, u4, u8, i1, i2, i4, i8, f2, f4 or f8";

    /// <summary>Whether numbers are bytes, 0 to 255.</summary>
    public bool AreBytes => Kind == NumericKind.Unsigned && Size == 1;

    /// <summary>Reads a name such as <c>|u1</c> or <c>&gt;i8</c>; without a byte order the least significant byte comes first.</summary>
    /// <returns>Whether it is a type of plain numbers.</returns>
    public static bool TryParse(string name, out NumericType type)
    {
        type = default;
        char order = name is [char first and ('<' or '>' or '|'), ..] ? first : '\0';
        ReadOnlySpan<char> rest = order == '\0' ? name : name.AsSpan(1);
        if (rest is not [char kind and ('b' or 'u' or 'i' or 'f'), char digit and ('1' or '2' or '4' or '8')])
        {
            return false;
        }
        int size = digit - '0';
        bool isKnown = kind switch
        {
            'b' => size == 1,
            'f' => size > 1,
            _ => true,
        };
        if (!isKnown || (order == '|' && size > 1))
        {
            return false;
        }
        type = new NumericType((NumericKind)kind, size, order == '>' && size > 1);
        return true;
    }

    /// <summary>NumPy's name for it.</summary>
    public override string ToString() => $"{(Size == 1 ? '|' : IsBigEndian ? '>' : '<')}{(char)Kind}{Size}";
}
