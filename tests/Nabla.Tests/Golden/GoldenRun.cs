using System.Text.Json;

namespace Nabla.Tests.Golden;

/// <summary>One reference run that NumPy made in double precision, as its file has it.</summary>
internal sealed class GoldenRun
{
    private GoldenRun(string path)
    {
        JsonElement root = JsonDocument.Parse(System.IO.File.ReadAllText(path)).RootElement;
        File = Path.GetFileName(path);
        Name = root.GetProperty("name").GetString()!;
        Seed = root.GetProperty("seed").GetUInt32();
        JsonElement log = root.GetProperty("log");
        // Runs with two variants have one log per variant.
        Log = log.ValueKind == JsonValueKind.Array ? [.. log.EnumerateArray()] : [];
        Variants = log.ValueKind == JsonValueKind.Array ? [] : log.EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetProperty("log").EnumerateArray().ToArray());
        Draws = root.GetProperty("draws").EnumerateObject().ToDictionary(d => d.Name, d => d.Value.EnumerateArray().Select(v => v.GetDouble()).ToArray());
        Final = root.GetProperty("final");
    }

    /// <summary>The file's name without its folder.</summary>
    public string File { get; }

    public string Name { get; }

    public uint Seed { get; }

    /// <summary>What was logged, row by row; empty where there are variants.</summary>
    public JsonElement[] Log { get; }

    /// <summary>The logs of a run's variants by name; empty where there is one log.</summary>
    public Dictionary<string, JsonElement[]> Variants { get; }

    /// <summary>The initial values of each random array.</summary>
    public Dictionary<string, double[]> Draws { get; }

    public JsonElement Final { get; }

    /// <summary>The folder that NABLA_GOLDEN names, or null.</summary>
    public static string? Folder { get; } = Environment.GetEnvironmentVariable("NABLA_GOLDEN") is { Length: > 0 } folder ? folder : null;

    /// <summary>Reads a file of the folder by its name.</summary>
    public static GoldenRun Load(string file) => new(Path.Combine(Folder!, file));

    /// <summary>Names of the files of one run, of whatever seed: <c>NAME.seed1.json</c>.</summary>
    public static string[] FilesOf(string name) => Folder is null
        ? []
        : [.. Directory.GetFiles(Folder, $"{name}.seed*.json").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
