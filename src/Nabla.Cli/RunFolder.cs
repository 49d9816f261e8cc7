using System.Globalization;
using System.Text;

namespace Nabla.Cli;

/// <summary>The folder that a training leaves behind: the model, its history and a summary.</summary>
internal sealed class RunFolder : IDisposable
{
    public const string ModelName = "model.safetensors";
    private const string SummaryName = "summary.json";

    // While it is there and open, the folder belongs to one training.
    private const string ClaimName = "training.lock";

    private readonly string _path;
    private readonly bool _isNew;
    private readonly FileStream _claim;

    private RunFolder(string path, bool isNew, FileStream claim)
    {
        _path = path;
        _isNew = isNew;
        _claim = claim;
    }

    /// <summary>The model file, relative to where the command was given if the folder is.</summary>
    public string ModelPath => Path.Combine(_path, ModelName);

    /// <summary>The epochs' figures, likewise.</summary>
    public string HistoryPath => Path.Combine(_path, HistoryFile.Name);

    /// <summary>
    /// Makes the folder, and makes sure before a long training that it can be written, holds no model already and is not
    /// used by another training.
    /// </summary>
    /// <param name="path">The folder; null for the next free number under <c>runs</c>.</param>
    public static RunFolder Create(string? path)
    {
        if (path is not null)
        {
            ThrowIfTaken(path);
            return TryClaim(path) ?? throw new IOException(
                $"--out: {path} belongs to a training that is under way; name another folder, or delete {Path.Combine(path, ClaimName)} if there is none.");
        }
        for (int number = 1; ; number++)
        {
            path = Path.Combine("runs", number.ToString(CultureInfo.InvariantCulture));
            // Of two trainings that begin at the same moment, one finds the other's claim, and takes the next number.
            if (!Path.Exists(path) && TryClaim(path) is RunFolder folder)
            {
                return folder;
            }
        }
    }

    private static void ThrowIfTaken(string path)
    {
        if (File.Exists(path))
        {
            throw new IOException($"--out: {path} is a file, expected a folder; name another.");
        }
        if (File.Exists(Path.Combine(path, ModelName)))
        {
            throw new IOException($"--out: {path} already holds {ModelName}, which would be lost; name another folder, or delete it first.");
        }
    }

    /// <summary>The folder, or null where another training has it.</summary>
    private static RunFolder? TryClaim(string path)
    {
        bool isNew = !Directory.Exists(path);
        string claim = Path.Combine(path, ClaimName);
        FileStream? held = null;
        try
        {
            Directory.CreateDirectory(path);
            held = new FileStream(claim, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            Probe(path, bytes: 0);
            return new RunFolder(path, isNew, held);
        }
        catch (IOException) when (held is null && File.Exists(claim))
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new IOException($"--out: {path} cannot be written ({exception.Message.TrimEnd('.')}); name another folder.", exception);
        }
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
        _claim.Dispose();
        if (_isNew && Directory.Exists(_path) && !Directory.EnumerateFileSystemEntries(_path).Any())
        {
            Directory.Delete(_path);
        }
    }

    public void SaveModel(Network network) => network.Save(ModelPath);

    public void SaveHistory(TrainingHistory history) => Write(HistoryFile.Name, HistoryFile.Format(history.Epochs));

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
}
