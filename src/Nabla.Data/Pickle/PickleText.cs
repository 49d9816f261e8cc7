using System.Globalization;
using System.Text;

namespace Nabla;

/// <summary>Python's ways to write text in a pickle. All return null where the text is wrong.</summary>
internal static class PickleText
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>UTF-8.</summary>
    public static string? DecodeUtf8(byte[] bytes)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Latin 1 with \uXXXX for all other characters, and for line ends and backslashes.</summary>
    public static string? DecodeRawUnicode(byte[] bytes)
    {
        StringBuilder text = new(bytes.Length);
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '\\' && i + 1 < bytes.Length && bytes[i + 1] is (byte)'u' or (byte)'U')
            {
                int digits = bytes[i + 1] == 'u' ? 4 : 8;
                if (!TryReadHex(bytes, i + 2, digits, out int character) || !Rune.IsValid(character))
                {
                    return null;
                }
                text.Append(new Rune(character).ToString());
                i += digits + 1;
            }
            else
            {
                text.Append((char)bytes[i]);
            }
        }
        return text.ToString();
    }

    /// <summary>Python 2's <c>'text'</c> with backslashes before what is not plain.</summary>
    public static byte[]? DecodeQuoted(byte[] line)
    {
        if (line is not [(byte)'\'' or (byte)'"', .., _] || line[^1] != line[0])
        {
            return null;
        }
        byte[] text = new byte[line.Length - 2];
        int length = 0;
        int last = line.Length - 1;
        for (int i = 1; i < last; i++)
        {
            if (line[i] != '\\')
            {
                if (line[i] == line[0])
                {
                    return null;
                }
                text[length++] = line[i];
                continue;
            }
            if (++i == last)
            {
                return null;
            }
            int value;
            switch (line[i])
            {
                case (byte)'x':
                    if (i + 2 >= last || !TryReadHex(line, i + 1, 2, out value))
                    {
                        return null;
                    }
                    i += 2;
                    break;
                case (byte)'n':
                    value = '\n';
                    break;
                case (byte)'r':
                    value = '\r';
                    break;
                case (byte)'t':
                    value = '\t';
                    break;
                case (byte)'\\' or (byte)'\'' or (byte)'"':
                    value = line[i];
                    break;
                default:
                    return null;
            }
            text[length++] = (byte)value;
        }
        return text[..length];
    }

    /// <summary>Latin 1: a byte for each character up to U+00FF.</summary>
    public static byte[]? EncodeLatin1(string text)
    {
        if (text.AsSpan().ContainsAnyExceptInRange('\0', '\u00ff'))
        {
            return null;
        }
        return Encoding.Latin1.GetBytes(text);
    }

    private static bool TryReadHex(byte[] bytes, int start, int count, out int value)
    {
        value = 0;
        return start + count <= bytes.Length
            && int.TryParse(bytes.AsSpan(start, count), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
