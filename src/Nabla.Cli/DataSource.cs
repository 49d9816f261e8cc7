using Nabla.Cli.Display;

namespace Nabla.Cli;

/// <summary>Turns --data into data.</summary>
internal static class DataSource
{
    /// <param name="data">auto, mnist, synthetic or a folder.</param>
    /// <param name="notes">Where it is said what happens.</param>
    /// <param name="cancellation">Stops a download.</param>
    public static TrainAndTest Load(string data, TextWriter notes, CancellationToken cancellation)
    {
        switch (data)
        {
            case "mnist":
                return LoadMnist(notes, cancellation);
            case "synthetic":
                return SyntheticDigits.Load();
            case "auto":
                try
                {
                    return LoadMnist(notes, cancellation);
                }
                catch (DownloadException exception)
                {
                    notes.WriteLine($"*** Using the built-in digits, not MNIST: {exception.Message} ***");
                    return SyntheticDigits.Load();
                }
            default:
                return File.Exists(data)
                    ? throw new IOException($"--data: {data} is a file, expected a folder with four IDX files named as those of MNIST.")
                    : IdxFolder.Load(data);
        }
    }

    private static TrainAndTest LoadMnist(TextWriter notes, CancellationToken cancellation)
    {
        using DownloadDisplay display = new(notes);
        return Mnist.Load(progress: display, cancellation: cancellation);
    }
}
