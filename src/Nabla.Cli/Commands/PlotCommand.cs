using System.CommandLine;
using Nabla.Cli.Display;
using Nabla.Cli.Plotting;
using Nabla.IO;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla plot</c>: draws the learning curves of a run.</summary>
internal sealed class PlotCommand : Command
{
    private readonly Argument<string> _run = new("run") { Description = "The folder of a run, or its history.csv." };
    private readonly Option<string?> _out = new("--out")
    {
        Description = "The picture to write, a PNG or an SVG by its ending; plot.png and plot.svg beside the history if not given.",
        HelpName = "file.png|file.svg",
    };

    public PlotCommand()
        : base("plot", "Draw the learning curves of a run: loss and accuracy, in training and validation, epoch by epoch.")
    {
        Arguments.Add(_run);
        Options.Add(_out);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        string run = arguments.GetRequiredValue(_run);
        string history = Directory.Exists(run) ? Path.Combine(run, HistoryFile.Name) : run;
        string folder = Path.GetDirectoryName(history) ?? "";
        string[] pictures = arguments.GetValue(_out) is string picture ? [picture] : [Path.Combine(folder, "plot.png"), Path.Combine(folder, "plot.svg")];
        CheckEndings(pictures);
        LearningCurves curves = new(RunFolder.TitleOf(folder), HistoryFile.Read(history));
        foreach (string path in pictures)
        {
            AtomicFile.Write(path, IsSvg(path) ? curves.WriteSvg : curves.WritePng);
            PlainText.Out.WriteLine($"Wrote {path}");
        }
        return ExitCode.Success;
    }

    private static void CheckEndings(IEnumerable<string> pictures)
    {
        foreach (string path in pictures)
        {
            if (!IsSvg(path) && !Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase))
            {
                throw new ArgumentException($"--out: found '{path}', expected a file that ends in .png or .svg.");
            }
        }
    }

    private static bool IsSvg(string path) => Path.GetExtension(path).Equals(".svg", StringComparison.OrdinalIgnoreCase);
}
