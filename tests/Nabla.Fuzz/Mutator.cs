using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Nabla.Fuzz;

/// <summary>Makes files of others, as damage and malice would: bits, bytes and blocks, numbers in text and in binary, pieces of other files.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, uint seed)
{
    private const int MaxChanges = 6;
    private const int MaxBytes = 1 << 16;

    private static readonly long[] Numbers =
    [
        0, 1, 2, 3, 7, 8, 16, 127, 128, 255, 256, 1000, 4096, 32_767, 32_768, 65_535, 65_536, 1_000_000, 16_777_216, 1 << 30, int.MaxValue - 1, int.MaxValue, 1L << 31, uint.MaxValue,
        1L << 32, long.MaxValue, -1, -2, -128, int.MinValue, long.MinValue,
    ];

    private static readonly string[] Texts = ["null", "true", "\"\"", "[]", "{}", "1e308", "-1e-308", "1e999", "NaN", "0.5", "\\u0000", "\"x\"", "dense", "convolution2d", "maxpooling2d", "ReLU", ",", "\n"];

    private readonly NumPyRandom _random = new(seed);

    public byte[] Next()
    {
        byte[] file = Any();
        for (int changes = _random.NextInt32(1, MaxChanges + 1); changes > 0; changes--)
        {
            file = Change(file);
        }
        return file.Length <= MaxBytes ? file : file[..MaxBytes];
    }

    private byte[] Any() => seeds[_random.NextInt32(seeds.Count)];

    private byte[] Change(byte[] file)
    {
        if (file.Length == 0)
        {
            return Any();
        }
        int at = _random.NextInt32(file.Length), length = Math.Min(_random.NextInt32(1, 33), file.Length - at);
        byte[] changed = [.. file];
        switch (_random.NextInt32(11))
        {
            case 0:
                changed[at] ^= (byte)(1 << _random.NextInt32(8));
                return changed;
            case 1:
                changed[at] = (byte)_random.NextInt32(256);
                return changed;
            case 2:
                return file[..at];
            case 3:
                return [.. file[..at], .. file[(at + length)..]];
            case 4:
                return [.. file[..(at + length)], .. file[at..]];
            case 5:
                byte[] other = Any();
                return other.Length == 0 ? file : [.. file[..at], .. other[_random.NextInt32(other.Length)..]];
            case 6:
            case 7:
                return ReplaceNumber(file, at);
            case 8:
                return WriteNumber(changed, at);
            case 9:
                return [.. file[..at], .. Encoding.UTF8.GetBytes(Texts[_random.NextInt32(Texts.Length)]), .. file[at..]];
            default:
                return [.. file[..at], .. Enumerable.Repeat(file[at], _random.NextInt32(1, 2000)), .. file[at..]];
        }
    }

    /// <summary>Another number in the place of the next that stands there as text.</summary>
    private byte[] ReplaceNumber(byte[] file, int at)
    {
        int begin = file.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (begin < 0)
        {
            return WriteNumber([.. file], at);
        }
        begin += at;
        int end = begin;
        while (end < file.Length && file[end] is >= (byte)'0' and <= (byte)'9')
        {
            end++;
        }
        string number = Numbers[_random.NextInt32(Numbers.Length)].ToString(CultureInfo.InvariantCulture);
        return [.. file[..begin], .. Encoding.ASCII.GetBytes(number), .. file[end..]];
    }

    private byte[] WriteNumber(byte[] file, int at)
    {
        long number = Numbers[_random.NextInt32(Numbers.Length)];
        Span<byte> bytes = stackalloc byte[8];
        bool isBigEndian = _random.NextInt32(2) == 0;
        int width = 1 << _random.NextInt32(4);
        if (isBigEndian)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            bytes = bytes[(8 - width)..];
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
            bytes = bytes[..width];
        }
        bytes[..Math.Min(width, file.Length - at)].CopyTo(file.AsSpan(at));
        return file;
    }
}
