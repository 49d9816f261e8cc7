using System.CommandLine;

namespace Nabla.Cli.Options;

/// <summary>Which options stand on the command line, other than by their defaults.</summary>
internal static class GivenOptions
{
    /// <summary>The first of some options that was given; null where none was.</summary>
    public static Option? FirstGiven(this ParseResult arguments, params ReadOnlySpan<Option> options)
    {
        foreach (Option option in options)
        {
            if (arguments.GetResult(option) is { Implicit: false })
            {
                return option;
            }
        }
        return null;
    }
}
