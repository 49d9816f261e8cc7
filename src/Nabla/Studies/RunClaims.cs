using System.Globalization;
using System.Text.Json;

namespace Nabla;

/// <summary>
/// What processes that share a folder tell each other of one run. Claims are numbered; the file of a number is made with exclusive create, so each number has one
/// owner, and the highest number owns the run. Everything else that an owner writes bears its number.
/// </summary>
internal sealed class RunClaims
{
    // A claim's file, its owner's sign of life, and that it was given back.
    private const string ClaimEnding = ".claim", LifeEnding = ".alive", ReleasedEnding = ".released";

    private const string RungEnding = ".rung", PromotedEnding = ".promoted", CheckpointName = "checkpoint.safetensors", ResultName = "result";

    // What the system says of a file that is there already; a network file system may know it before it shows the file.
    private const int FileExists = 17, WindowsFileExists = unchecked((int)0x80070050);

    private readonly string _folder;

    /// <param name="folder">The folder of the run's claims, which the first claim makes.</param>
    public RunClaims(string folder) => _folder = folder;

    /// <summary>The highest number; 0 where nobody has claimed it.</summary>
    public int Newest() => Numbers(ClaimEnding).DefaultIfEmpty().Max();

    /// <summary>Whether the owner of a number has given the run back.</summary>
    public bool IsReleased(int number) => File.Exists(PathOf(number, ReleasedEnding));

    /// <summary>Gives the run back, so that others need not wait for the lease.</summary>
    public void Release(int number) => File.WriteAllText(PathOf(number, ReleasedEnding), "");

    /// <summary>Claims a number.</summary>
    /// <returns>Whether it is ours; else another has it.</returns>
    public bool TryClaim(int number)
    {
        Directory.CreateDirectory(_folder);
        string path = PathOf(number, ClaimEnding);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        }
        catch (IOException exception) when (exception.HResult is FileExists or WindowsFileExists || File.Exists(path))
        {
            return false;
        }
        using (file)
        {
            // The name alone is the claim: whether the contents are there matters to people only.
            JsonSerializer.Serialize(file, new ClaimRecord { Host = Environment.MachineName, Process = Environment.ProcessId }, DocumentJson.TypeOf<ClaimRecord>());
        }
        Directory.CreateDirectory(FilesOf(number));
        return true;
    }

    /// <summary>Who made a claim; null where that cannot be read.</summary>
    public ClaimRecord? OwnerOf(int number) => Read<ClaimRecord>(PathOf(number, ClaimEnding));

    /// <summary>Writes a sign of life.</summary>
    public void ShowLife(int number, LifeSign sign) => File.WriteAllBytes(PathOf(number, LifeEnding), JsonSerializer.SerializeToUtf8Bytes(sign, DocumentJson.TypeOf<LifeSign>()));

    /// <summary>The last sign of life as it stands there, to be compared with an earlier one; empty where there is none.</summary>
    public string LifeText(int number) => TryReadText(PathOf(number, LifeEnding)) ?? "";

    /// <summary>The same, understood; null where there is none or it is just being written.</summary>
    public LifeSign? Life(int number) => Read<LifeSign>(PathOf(number, LifeEnding));

    /// <summary>A claim's own folder, into which nobody else writes.</summary>
    public string FilesOf(int number) => Path.Combine(_folder, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A claim's own checkpoint.</summary>
    public string CheckpointOf(int number) => Path.Combine(FilesOf(number), CheckpointName);

    /// <summary>Where the owner of a claim puts the run's files together before they are published.</summary>
    public string ResultOf(int number) => Path.Combine(FilesOf(number), ResultName);

    /// <summary>The newest checkpoint of claims up to a number that is whole; null where there is none.</summary>
    public (string Path, CheckpointDocument Document)? NewestCheckpoint(int upTo)
    {
        for (int number = upTo; number >= 1; number--)
        {
            string path = CheckpointOf(number);
            try
            {
                if (File.Exists(path))
                {
                    return (path, Checkpoint.Load(path).Document);
                }
            }
            catch (Exception exception) when (exception is MalformedFileException or IOException)
            {
                // The one before it is as good: it only takes longer.
            }
        }
        return null;
    }

    /// <summary>How many claims in a row up to a number ended without being given back and without a checkpoint: whoever had them died, and got nowhere.</summary>
    public int DeathsBefore(int number)
    {
        int deaths = 0;
        while (number - deaths > 1 && !IsReleased(number - deaths - 1) && !File.Exists(CheckpointOf(number - deaths - 1)))
        {
            deaths++;
        }
        return deaths;
    }

    /// <summary>What was known of the run at a rung; null where it has not come there.</summary>
    public RunRecord? Rung(int rung) => Read<RunRecord>(RungPath(rung, RungEnding));

    /// <summary>Writes down how the run stands at a rung. Of two who do, both write the same figures, so the later one does no harm.</summary>
    public void SaveRung(int rung, RunRecord record) => Replace(RungPath(rung, RungEnding), record.ToBytes(), FilesOf(record.Claim));

    /// <summary>Whether it was decided that the run goes on from a rung.</summary>
    public bool IsPromoted(int rung) => File.Exists(RungPath(rung, PromotedEnding));

    /// <summary>Writes down that the run goes on from a rung.</summary>
    public void Promote(int rung) => File.WriteAllText(RungPath(rung, PromotedEnding), "");

    /// <summary>Deletes checkpoints and the like: of no use once the run has ended. Claims stay.</summary>
    public void DeleteFiles()
    {
        foreach (int number in Numbers(ClaimEnding))
        {
            try
            {
                Directory.Delete(FilesOf(number), recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A former owner is at it; what it leaves there takes room and does no other harm.
            }
        }
    }

    /// <summary>Replaces a file by one that was written elsewhere first: whoever reads it sees the old one or the new one.</summary>
    public static void Replace(string path, byte[] contents, string folder)
    {
        string temporary = Path.Combine(folder, Path.GetFileName(path));
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(contents);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Gives a folder that was put together elsewhere its name, which only the first can do: a folder that has something in it is not replaced.</summary>
    /// <param name="prepared">The folder.</param>
    /// <param name="path">Its name.</param>
    /// <param name="file">A file in it, by which another's is known.</param>
    /// <returns>Whether it was the first; else another was, and the folder is still there.</returns>
    /// <exception cref="IOException">It cannot be renamed, and no other was first.</exception>
    public static bool TryPublish(string prepared, string path, string file)
    {
        try
        {
            Directory.Move(prepared, path);
            return true;
        }
        catch (IOException) when (File.Exists(Path.Combine(path, file)))
        {
            return false;
        }
    }

    /// <summary>Reads a small document that others may be writing; null where it is not there or not whole.</summary>
    public static T? Read<T>(string path)
        where T : class
    {
        try
        {
            return TryReadText(path) is { Length: > 0 } text ? JsonSerializer.Deserialize(text, DocumentJson.TypeOf<T>()) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? TryReadText(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(file);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private IEnumerable<int> Numbers(string ending) => !Directory.Exists(_folder) ? [] : Directory.GetFiles(_folder, $"*{ending}")
        .Select(path => int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)
        .Where(number => number > 0);

    private string PathOf(int number, string ending) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{number}{ending}"));

    private string RungPath(int rung, string ending) => PathOf(rung + 1, ending);
}
