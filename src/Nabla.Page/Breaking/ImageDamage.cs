using Nabla.Numerics;

namespace Nabla.Page;

/// <summary>What is done to images before a network sees them.</summary>
/// <param name="ShiftX">Pixels to the right.</param>
/// <param name="ShiftY">Pixels down.</param>
/// <param name="Degrees">By how much they are turned about their centre, clockwise, before they are moved.</param>
/// <param name="Erased">The share of pixels that become paper, from 0 to 1. Which ones repeats, and with a greater share others come to them.</param>
internal sealed record ImageDamage(double ShiftX, double ShiftY, double Degrees, double Erased)
{
    private const float DegreesPerTurn = 360;

    private const ulong Seed = 2;

    /// <summary>The damaged images; what comes in from outside is paper.</summary>
    /// <param name="images">Grey levels, image after image.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Pixels of a row.</param>
    public byte[] Of(ReadOnlySpan<byte> images, int height, int width)
    {
        byte[] damaged = images.ToArray();
        int size = height * width;
        if (ShiftX != 0 || ShiftY != 0 || Degrees != 0)
        {
            ImageMap map = new(height, width);
            AffineAugmentation.Compose(ref map, (float)Degrees / DegreesPerTurn, scaleX: 1, scaleY: 1, slope: 0, (float)ShiftX, (float)ShiftY);
            float[] from = new float[size], to = new float[size];
            for (int start = 0; start < damaged.Length; start += size)
            {
                for (int i = 0; i < size; i++)
                {
                    from[i] = damaged[start + i];
                }
                map.Resample(from, channels: 1, to);
                for (int i = 0; i < size; i++)
                {
                    damaged[start + i] = (byte)MathF.Round(to[i]);
                }
            }
        }
        if (Erased > 0)
        {
            float[] chances = new float[size];
            for (int start = 0; start < damaged.Length; start += size)
            {
                new Philox(Seed, place: (uint)(start / size)).Fill(chances);
                for (int i = 0; i < size; i++)
                {
                    damaged[start + i] = chances[i] < Erased ? (byte)0 : damaged[start + i];
                }
            }
        }
        return damaged;
    }
}
