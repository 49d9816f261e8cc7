using System.CommandLine;
using Nabla.Cli.Display;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla data fetch</c>: downloads MNIST into the cache.</summary>
internal sealed class DataFetchCommand : Command
{
    public DataFetchCommand()
        : base("fetch", "Download MNIST (11 MB) into the cache, verified; keeps what is right already.") => SetAction(_ => Run());

    private static int Run()
    {
        using Interruption interruption = new();
        string folder;
        using (DownloadDisplay display = new(PlainText.Out))
        {
            folder = MnistDownload.FetchAsync(progress: display, cancellation: interruption.Token).GetAwaiter().GetResult();
        }
        PlainText.Out.WriteLine($"MNIST is in {folder}, verified");
        return ExitCode.Success;
    }
}
