namespace Nabla.Reading;

/// <summary>Pictures that are as MNIST's already, which are taken as they are; also with paper and ink exchanged.</summary>
internal static class MnistForm
{
    private const int Side = DigitFitting.Side;

    /// <summary>Levels that the rim may be away from full paper, and pixels that the centre of mass may be away from the middle: MNIST's is within half a pixel.</summary>
    private const int RimTolerance = 6;
    private const double Shift = 1.2;

    /// <summary>The levels, 0 for paper to 255 for ink; null where the picture has another form.</summary>
    public static byte[]? TryTake(Picture picture)
    {
        if (picture.Width != Side || picture.Height != Side || !picture.IsGrey)
        {
            return null;
        }
        for (int i = 3; i < picture.Pixels.Length; i += Picture.Channels)
        {
            if (picture.Pixels[i] != 255)
            {
                return null;
            }
        }
        byte[] levels = picture.ToGrey();
        if (levels[0] > 127)
        {
            levels = [.. levels.Select(level => (byte)(255 - level))];
        }
        (int left, int top, int right, int bottom) = (Side, Side, 0, 0);
        double sum = 0, sumX = 0, sumY = 0;
        for (int i = 0; i < levels.Length; i++)
        {
            int x = i % Side, y = i / Side;
            bool isRim = x is 0 or Side - 1 || y is 0 or Side - 1;
            if (isRim && levels[i] > RimTolerance)
            {
                return null;
            }
            if (levels[i] > 30)
            {
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
            }
            (sum, sumX, sumY) = (sum + levels[i], sumX + levels[i] * (x + 0.5), sumY + levels[i] * (y + 0.5));
        }
        int longer = Math.Max(right - left, bottom - top);
        bool isCentered = sum > 0 && Math.Abs(sumX / sum - DigitFitting.Middle) <= Shift && Math.Abs(sumY / sum - DigitFitting.Middle) <= Shift;
        return isCentered && longer is >= 17 and <= 21 && levels.Max() > 127 ? levels : null;
    }
}
