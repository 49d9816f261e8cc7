namespace Nabla.Tests.Numerics;

/// <summary>Errors counted in units in the last place, the distance between neighbouring floats.</summary>
internal static class Ulp
{
    /// <summary>How many floats' distance <paramref name="actual"/> is from the exact value; infinity where only one of them is beyond floats.</summary>
    public static double Error(float actual, double exact)
    {
        if (float.IsInfinity((float)exact) || float.IsInfinity(actual))
        {
            return (float)exact == actual ? 0 : double.PositiveInfinity;
        }
        int exponent = exact == 0 ? -126 : Math.Max(Math.ILogB(exact), -126);
        return Math.Abs(actual - exact) / Math.ScaleB(1, exponent - 23);
    }
}
