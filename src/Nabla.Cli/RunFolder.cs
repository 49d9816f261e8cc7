using System.Globalization;
using System.Text;

namespace Nabla.Cli;

/// <summary>The folder that a training leaves behind: the model, its history and a summary.</summary>
internal sealed class RunFolder : IDisposable
{
    public const string ModelName = "model.safetensors";
    public const string HistoryName = "history.csv";
    public const string HistoryHeader = "epoch,loss,accuracy,validation_loss,validation_accuracy";
    private const string SummaryName = "summary.json";

    private readonly string _path;
    private readonly bool _isNew;

    private RunFolder(string path, bool isNew)
    {
        _path = path;
        _isNew = isNew;
    }

    /// <summary>The model file, relative to where the command was given if the folder is.</summary>
    public string ModelPath => Path.Combine(_path, ModelName);

    /// <summary>
    /// Makes the folder, and makes sure before a long training that it can be written and holds no model already.
    /// </summary>
    /// <param name="path">The folder; null for the next free number under <c>runs</c>.</param>
    public static RunFolder Create(string? path)
    {
        path ??= NextFree();
        if (File.Exists(path))
        {
            throw new IOException($"--out: {path} is a file, expected a folder; name another.");
        }
        if (File.Exists(Path.Combine(path, ModelName)))
        {
            throw new IOException($"--out: {path} already holds {ModelName}, which would be lost; name another folder, or delete it first.");
        }
        bool isNew = !Directory.Exists(path);
        try
        {
            Directory.CreateDirectory(path);
            Probe(path, bytes: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"--out: {path} cannot be written ({exception.Message.TrimEnd('.')}); name another folder.", exception);
        }
        return new RunFolder(path, isNew);
    }

    /// <summary>Makes sure before a long training that there will be room for its results.</summary>
    /// <param name="bytes">How much room is needed.</param>
    public void CheckRoom(long bytes)
    {
        try
        {
            Probe(_path, bytes);
        }
        catch (IOException exception)
        {
            throw new IOException($"--out: {_path} has no room for {bytes:N0} bytes ({exception.Message.TrimEnd('.')}); make room, or name a folder on another disk.", exception);
        }
    }

    /// <summary>Takes the folder away again where it was made for this run and nothing came of it.</summary>
    public void Dispose()
    {
        if (_isNew && Directory.Exists(_path) && !Directory.EnumerateFileSystemEntries(_path).Any())
        {
            Directory.Delete(_path);
        }
    }

    public void SaveModel(Network network) => network.Save(ModelPath);

    public void SaveHistory(TrainingHistory history)
    {
        StringBuilder csv = new(HistoryHeader + "\n");
        foreach (EpochResult epoch in history.Epochs)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{epoch.Epoch},{epoch.Loss:R},{epoch.Accuracy:R},{epoch.ValidationLoss:R},{epoch.ValidationAccuracy:R}\n");
        }
        Write(HistoryName, csv.ToString());
    }

    public void SaveSummary(string json) => Write(SummaryName, json + "\n");

    /// <summary>Writes a file of zeros and deletes it again.</summary>
    private static void Probe(string folder, long bytes)
    {
        string path = Path.Combine(folder, $"{Path.GetRandomFileName()}.partial");
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        byte[] zeros = new byte[(int)Math.Min(bytes, 1 << 16)];
        for (long left = bytes; left > 0; left -= zeros.Length)
        {
            file.Write(zeros, 0, (int)Math.Min(left, zeros.Length));
        }
    }

    private void Write(string name, string text) =>
        AtomicFile.Write(Path.Combine(_path, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static string NextFree()
    {
        int number = 1;
        while (Path.Exists(Path.Combine("runs", number.ToString(CultureInfo.InvariantCulture))))
        {
            number++;
        }
        return Path.Combine("runs", number.ToString(CultureInfo.InvariantCulture));
    }
}
