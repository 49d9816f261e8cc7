using System.Globalization;
using Nabla.IO;

namespace Nabla.Cli;

/// <summary>The folder that a training leaves behind: the model, its history and a summary.</summary>
internal sealed class RunFolder : IDisposable
{
    public const string ModelName = StudyFolder.ModelName;
    public const string RunName = "run.json";
    public const string SummaryName = "summary.json";
    private const string CheckpointName = "checkpoint.safetensors";

    // While someone holds it, the folder belongs to a training.
    private const string ClaimName = "training.lock";

    private readonly string _path;
    private readonly bool _isNew;
    private readonly FileLock _claim;

    private RunFolder(string path, bool isNew, FileLock claim)
    {
        _path = path;
        _isNew = isNew;
        _claim = claim;
        // Also when a second Ctrl-C ends the process.
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <summary>The model file, relative to where the command was given if the folder is.</summary>
    public string ModelPath => Path.Combine(_path, ModelName);

    /// <summary>What a training is resumed from, likewise.</summary>
    public string CheckpointPath => Path.Combine(_path, CheckpointName);

    /// <summary>What the training was asked to do, likewise.</summary>
    public string RunPath => Path.Combine(_path, RunName);

    /// <summary>The folder itself, likewise.</summary>
    public string FolderPath => _path;

    /// <summary>The epochs' figures, likewise.</summary>
    public string HistoryPath => Path.Combine(_path, HistoryFile.Name);

    /// <summary>The run as it was named, which a path from anywhere else does not change: <c>runs/1</c>, or the name of its folder.</summary>
    public static string TitleOf(string path)
    {
        DirectoryInfo folder = new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path.Length == 0 ? "." : path)));
        return folder.Parent is DirectoryInfo { Name: "runs" } ? $"runs/{folder.Name}" : folder.Name;
    }

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
            RunFolder claimed = TryClaim(path) ?? throw new IOException($"--out: {path} belongs to a training that is under way; name another folder.");
            try
            {
                // Another training may have ended there between the look and the claim.
                ThrowIfTaken(path);
            }
            catch
            {
                claimed.Dispose();
                throw;
            }
            return claimed;
        }
        for (int number = 1; ; number++)
        {
            path = Path.Combine("runs", number.ToString(CultureInfo.InvariantCulture));
            // Of two trainings that begin at the same moment, one finds the other's claim, and takes the next number.
            if (IsFree(path) && TryClaim(path) is RunFolder folder)
            {
                if (IsFree(path))
                {
                    return folder;
                }
                folder.Dispose();
            }
        }
    }

    /// <summary>The folder of a training that was interrupted.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">There is no such training, it is finished, or it is under way.</exception>
    public static RunFolder Resume(string path)
    {
        if (!File.Exists(Path.Combine(path, RunName)))
        {
            throw new IOException($"--resume: {path} has no {RunName}, expected the folder of a training that was interrupted, such as runs/1.");
        }
        RunFolder claimed = TryClaim(path, "--resume") ?? throw new IOException($"--resume: {path} belongs to a training that is under way.");
        if (File.Exists(Path.Combine(path, SummaryName)) && !File.Exists(claimed.CheckpointPath))
        {
            claimed.Dispose();
            throw new IOException($"--resume: the training in {path} is finished; there is nothing to go on with.");
        }
        return claimed;
    }

    /// <summary>Whether there is nothing, or only what a training has left that was killed before it saved anything.</summary>
    private static bool IsFree(string path) => Directory.Exists(path)
        ? Directory.EnumerateFileSystemEntries(path).All(entry => Path.GetFileName(entry) is ClaimName or RunName || entry.EndsWith(AtomicFile.TemporaryEnding, StringComparison.Ordinal))
        : !File.Exists(path);

    private static void ThrowIfTaken(string path)
    {
        if (File.Exists(path))
        {
            throw new IOException($"--out: {path} is a file, expected a folder; name another.");
        }
        if (File.Exists(Path.Combine(path, CheckpointName)))
        {
            throw new IOException($"--out: {path} holds a training that was interrupted; go on with it by --resume {path}, name another folder, or delete it first.");
        }
        if (File.Exists(Path.Combine(path, ModelName)))
        {
            throw new IOException($"--out: {path} already holds {ModelName}, which would be lost; name another folder, or delete it first.");
        }
    }

    /// <summary>The folder, or null where another training has it.</summary>
    private static RunFolder? TryClaim(string path, string option = "--out")
    {
        bool isNew = !Directory.Exists(path);
        FileLock? held = null;
        try
        {
            Directory.CreateDirectory(path);
            held = FileLock.TryTake(Path.Combine(path, ClaimName));
            if (held is null)
            {
                return null;
            }
            // The folder is ours: these are what a training left that was killed.
            AtomicFile.DeleteAbandoned(path, "");
            Probe(path, bytes: 0);
            return new RunFolder(path, isNew, held);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new IOException($"{option}: {path} cannot be written ({exception.Message.TrimEnd('.')}); name another folder.", exception);
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
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        _claim.Dispose();
        if (!File.Exists(ModelPath) && !File.Exists(CheckpointPath))
        {
            File.Delete(RunPath);
        }
        if (_isNew && Directory.Exists(_path) && !Directory.EnumerateFileSystemEntries(_path).Any())
        {
            Directory.Delete(_path);
        }
    }

    private void OnExit(object? sender, EventArgs arguments)
    {
        AtomicFile.DeleteAbandoned(_path, "");
        Dispose();
    }

    /// <summary>Writes the picture of a learning-rate range test.</summary>
    /// <returns>Its path.</returns>
    public string SaveRateRange(byte[] png)
    {
        string path = Path.Combine(_path, "learning-rate.png");
        AtomicFile.Write(path, stream => stream.Write(png));
        return path;
    }

    /// <summary>Writes the picture of a regression's answers over the right ones.</summary>
    /// <returns>Its path.</returns>
    public string SavePredictions(byte[] png)
    {
        string path = Path.Combine(_path, "predictions.png");
        AtomicFile.Write(path, stream => stream.Write(png));
        return path;
    }

    public void SaveRun(string json) => Write(RunName, json + "\n");

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
        AtomicFile.Write(Path.Combine(_path, name), text);
}
