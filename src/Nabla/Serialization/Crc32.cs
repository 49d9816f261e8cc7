namespace Nabla;

/// <summary>
/// The cyclic redundancy check of PNG's chunks and of zip's entries: polynomial 0xEDB88320, reflected, complemented before and after.
/// Source: W3C, "Portable Network Graphics (PNG) Specification", annex D.
/// </summary>
internal static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>The check of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The check of bytes whose check is <paramref name="check"/> and of <paramref name="bytes"/> behind them.</summary>
    public static uint Append(uint check, ReadOnlySpan<byte> bytes)
    {
        check = ~check;
        foreach (byte value in bytes)
        {
            check = Table[(byte)(check ^ value)] ^ (check >> 8);
        }
        return ~check;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint remainder = i;
            for (int bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 1) == 0 ? remainder >> 1 : (remainder >> 1) ^ 0xedb88320u;
            }
            table[i] = remainder;
        }
        return table;
    }
}
