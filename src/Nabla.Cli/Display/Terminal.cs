using Spectre.Console;
using Spectre.Console.Rendering;

namespace Nabla.Cli.Display;

/// <summary>What the terminal can show, if there is one: in a pipe or file lines have any length, and nothing is overwritten.</summary>
internal static class Terminal
{
    private const int UsualWidth = 80;

    // More than any table needs; some of Spectre's sums overflow with int.MaxValue.
    private const int AnyWidth = 1_000_000;

    private static readonly bool IsDumb = Environment.GetEnvironmentVariable("TERM") == "dumb";

    /// <summary>Columns of the terminal that standard output is; null where it is none.</summary>
    public static int? Width => Console.IsOutputRedirected ? null : Console.WindowWidth > 0 ? Console.WindowWidth : UsualWidth;

    /// <summary>Whether images may have colours on standard output.</summary>
    public static bool HasColours =>
        CanOverwrite(isError: false) && AnsiConsole.Profile.Capabilities.ColorSystem is ColorSystem.TrueColor or ColorSystem.EightBit;

    /// <summary>Whether lines can be overwritten, as progress bars do.</summary>
    /// <param name="isError">Whether on standard error.</param>
    public static bool CanOverwrite(bool isError) => !IsDumb && !(isError ? Console.IsErrorRedirected : Console.IsOutputRedirected);

    /// <summary>Writes a table to standard output: with lines where there is room for them, else without; where that is too wide, too, it says so.</summary>
    /// <param name="table">The table.</param>
    /// <param name="name">What it is, for the beginning of a sentence.</param>
    /// <param name="heading">A line above it.</param>
    public static void Write(Table table, string name, string? heading = null)
    {
        IAnsiConsole console = AnsiConsole.Console;
        console.Profile.Width = Width ?? AnyWidth;
        if (WidthOf(table) > console.Profile.Width)
        {
            table.Border(TableBorder.None);
        }
        int width = WidthOf(table);
        if (width > console.Profile.Width)
        {
            PlainText.Out.WriteLine($"{name} needs {width} columns, and the terminal has {console.Profile.Width}; make it wider, or pipe the output into 'less -S'.");
            return;
        }
        if (heading is not null)
        {
            PlainText.Out.WriteLine(heading);
        }
        console.Write(table);

        int WidthOf(IRenderable table) => table.Measure(RenderOptions.Create(console, console.Profile.Capabilities), AnyWidth).Max;
    }

    /// <summary>As many of the parts as fit into a line, the first in any case.</summary>
    public static string Fit(int width, string separator, params ReadOnlySpan<string> parts)
    {
        string line = parts[0];
        foreach (string part in parts[1..])
        {
            line = part.Length > 0 && line.Length + separator.Length + part.Length <= width ? line + separator + part : line;
        }
        return line;
    }
}
