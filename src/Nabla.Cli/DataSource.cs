using Nabla.Cli.Display;

namespace Nabla.Cli;

/// <summary>Turns --data into data.</summary>
internal static class DataSource
{
    // Share of a file of one part that is set aside for testing: every tenth sample, by chance.
    private const int TestShare = 10;

    /// <summary>For commands that begin with it; Ctrl-C stops a download, and is their own business no longer once there is data.</summary>
    public static TrainAndTest Load(string data, TextWriter notes, bool onlyTest = false)
    {
        using Interruption interruption = new();
        TrainAndTest loaded = Load(data, notes, interruption.Token, onlyTest);
        interruption.Token.ThrowIfCancellationRequested();
        return loaded;
    }

    /// <param name="data">auto, mnist, synthetic, or a file or folder.</param>
    /// <param name="notes">Where it is said what happens.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <param name="onlyTest">Whether nothing is learnt from it, so that of a file of one part all is for testing.</param>
    public static TrainAndTest Load(string data, TextWriter notes, CancellationToken cancellation, bool onlyTest = false)
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
                return Complete(AllDataFiles.Load(data), onlyTest);
        }
    }

    /// <summary>Both parts of data that may have one, or three: validation samples are split off the training part later.</summary>
    private static TrainAndTest Complete(DataParts parts, bool onlyTest)
    {
        DataSet train = parts.Validation is null ? parts.Train : parts.Train.Append(parts.Validation);
        if (parts.Test is not null)
        {
            return new TrainAndTest(train, parts.Test, parts.Source);
        }
        if (onlyTest)
        {
            return new TrainAndTest(train, train, $"{parts.Source}, all of it, also what a model may have been trained on");
        }
        if (train.Count < TestShare)
        {
            return new TrainAndTest(train, train, $"{parts.Source}, so few samples that the same ones are for training and for testing");
        }
        ReadOnlySpan<int> order = new NumPyRandom(1).Permutation(train.Count);
        int test = train.Count / TestShare;
        return new TrainAndTest(train.Take(order[test..]), train.Take(order[..test]), $"{parts.Source}, a tenth of it set aside for testing");
    }

    private static TrainAndTest LoadMnist(TextWriter notes, CancellationToken cancellation)
    {
        using DownloadDisplay display = new(notes);
        return Mnist.Load(progress: display, cancellation: cancellation);
    }
}
