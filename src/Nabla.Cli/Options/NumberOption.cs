using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Nabla.Cli.Options;

/// <summary>Options that take a number in a range.</summary>
internal static class NumberOption
{
    /// <param name="name">With its dashes: <c>--epochs</c>.</param>
    /// <param name="description">What it does.</param>
    /// <param name="expected">The range in words: <c>a whole number of at least 1</c>.</param>
    /// <param name="isValid">Whether a number is in the range.</param>
    public static Option<T?> Create<T>(string name, string description, string expected, Func<T, bool> isValid)
        where T : struct, INumber<T> => new(name)
        {
            Description = $"{description} {char.ToUpperInvariant(expected[0])}{expected[1..]}.",
            HelpName = "number",
            CustomParser = result =>
            {
                string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                // Without thousands separators: '0,01' must be an error, not 1.
                if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && isValid(value))
                {
                    return value;
                }
                result.AddError($"{name}: found '{text}', expected {expected}.");
                return null;
            },
        };

    /// <summary>A whole number of at least 1.</summary>
    public static Option<int?> CreateCount(string name, string description) =>
        Create<int>(name, description, "a whole number of at least 1", value => value >= 1);
}
