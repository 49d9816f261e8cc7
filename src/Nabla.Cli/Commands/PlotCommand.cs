using System.CommandLine;
using Nabla.Cli.Display;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla plot</c>: draws the learning curves of a run.</summary>
internal sealed class PlotCommand : Command
{
    private readonly Argument<string> _run = new("run")
    {
        Description = "The folder of a run, or its history.csv.",
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "The picture to write, .png or .svg; by default plot.png and plot.svg beside the history.",
        HelpName = "file",
    };

    public PlotCommand()
        : base("plot", "Draw how a training went: loss and accuracy over the epochs.")
    {
        Arguments.Add(_run);
        Options.Add(_out);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        string run = arguments.GetRequiredValue(_run);
        string folder = Directory.Exists(run) ? run : Path.GetDirectoryName(run) ?? "";
        string[] files = arguments.GetValue(_out) is string file
            ? [file]
            : [Path.Combine(folder, "plot.png"), Path.Combine(folder, "plot.svg")];
        if (!files.All(path => IsPng(path) || IsSvg(path)))
        {
            throw new ArgumentException($"--out: found '{files[0]}', expected a name that ends in .png or .svg.");
        }
        LearningCurves curves = new(RunHistory.Load(run));
        foreach (string path in files)
        {
            if (IsPng(path))
            {
                curves.WritePng(path);
            }
            else
            {
                curves.WriteSvg(path);
            }
        }
        Console.Out.WriteLine($"Wrote {string.Join(" and ", files)}");
        return ExitCode.Success;
    }

    private static bool IsPng(string path) => path.EndsWith(".png", StringComparison.OrdinalIgnoreCase);

    private static bool IsSvg(string path) => path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase);
}
