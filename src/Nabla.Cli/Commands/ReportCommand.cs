using System.CommandLine;
using Nabla.Cli.Display;
using Nabla.Cli.Options;
using Nabla.Cli.Reports;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla report</c>: all that is known of a run, as one page.</summary>
internal sealed class ReportCommand : Command
{
    private const string FileName = "report.html";

    private readonly Argument<string> _run = ModelArgument.Create();
    private readonly DataOptions _data = DataOptions.CreateForModel();
    private readonly Option<string?> _out = new("--out")
    {
        Description = $"The page to write; {FileName} in the folder of the run if not given, or here for a model alone.",
        HelpName = "file.html",
    };

    public ReportCommand()
        : base("report", "Write a page about a run: figures, network, learning curves, confusion, calibration, mistakes, weights, recipe and command.")
    {
        Arguments.Add(_run);
        _data.AddTo(this);
        Options.Add(_out);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        TrainedRun run = TrainedRun.Load(arguments.GetRequiredValue(_run));
        string path = arguments.GetValue(_out) ?? Path.Combine(run.Folder ?? "", FileName);
        HtmlPage.ThrowUnlessFree(path);
        (Measurement? measured, string? reason) = Measure(run.Network, _data.Read(arguments));
        RunReport.Create(run, measured, reason).Write(path);
        if (reason is not null)
        {
            PlainText.Out.WriteLine($"Not measured on test data: {reason}");
        }
        PlainText.Out.WriteLine($"Wrote {path}");
        return ExitCode.Success;
    }

    /// <summary>Measures a network on what was asked for, or on what its training tested it on where that is to be had.</summary>
    private static (Measurement? Measured, string? Reason) Measure(Network network, DataRequest request)
    {
        bool isRemembered = request.Data is null;
        if (isRemembered && network.Training?.DataPath is null)
        {
            return (null, "the model does not say what it was trained on; name test data with --data.");
        }
        DataSource.TestData data;
        try
        {
            data = DataSource.LoadTest(request, network, PlainText.Out);
        }
        catch (IOException exception) when (isRemembered && exception is FileNotFoundException or DownloadException)
        {
            return (null, exception.Message);
        }
        return (Measurement.Of(network, data), null);
    }
}
