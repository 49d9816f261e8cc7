namespace Nabla;

/// <summary>The value of an option, or the error that it is out of range, which names the option and the range.</summary>
/// <exception cref="ArgumentOutOfRangeException">The value is not in the range, or not a number.</exception>
internal static class OptionCheck
{
    public static int AtLeast(int least, int value, string name) =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}.");

    public static double Between(double least, double most, double value, string name) =>
        value >= least && value <= most ? value : throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} must be from {least} to {most}."));

    public static double NotNegative(double value, string name) =>
        value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a number of at least 0.");

    /// <summary>Above 0, also when it is rounded to a float.</summary>
    public static double Positive(double value, string name) =>
        (float)value > 0 && float.IsFinite((float)value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a number above 0 that a float can hold.");

    /// <summary>A number, also when it is rounded to a float.</summary>
    public static double Finite(double value, string name) =>
        float.IsFinite((float)value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a number that a float can hold.");

    public static double BelowOne(double value, string name) =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0 and below 1.");

    public static double AboveZeroToOne(double value, string name) =>
        value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and at most 1.");
}
