namespace Nabla.Tests;

/// <summary>Harms bytes as bad disks and broken downloads do.</summary>
internal static class Damage
{
    /// <summary>A copy that is cut short, or has one to four bits flipped, or some bytes put in or taken out.</summary>
    public static byte[] CutOrFlip(byte[] bytes, NumPyRandom random)
    {
        int at = random.NextInt32(bytes.Length);
        switch (random.NextInt32(4))
        {
            case 0:
                return bytes[..at];
            case 1:
                return [.. bytes[..at], (byte)random.NextInt32(256), .. bytes[at..]];
            case 2:
                return [.. bytes[..at], .. bytes[(at + 1)..]];
            default:
                byte[] flipped = [.. bytes];
                for (int flips = random.NextInt32(1, 5); flips > 0; flips--)
                {
                    flipped[random.NextInt32(bytes.Length)] ^= (byte)(1 << random.NextInt32(8));
                }
                return flipped;
        }
    }
}
