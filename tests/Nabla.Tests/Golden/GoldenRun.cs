using System.Text.Json;

namespace Nabla.Tests.Golden;

/// <summary>One reference run that NumPy made in double precision: its log, and the same network and training from our own parts.</summary>
internal sealed class GoldenRun
{
    private GoldenRun(string file, JsonElement root)
    {
        File = Path.GetFileName(file);
        Name = root.GetProperty("name").GetString()!;
        Seed = root.GetProperty("seed").GetUInt32();
        JsonElement log = root.GetProperty("log");
        // Runs with two variants have one log per variant.
        Log = log.ValueKind == JsonValueKind.Array ? [.. log.EnumerateArray()] : [];
        Variants = log.ValueKind == JsonValueKind.Array ? [] : log.EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetProperty("log").EnumerateArray().ToArray());
        Final = root.GetProperty("final");
    }

    public string File { get; }

    public string Name { get; }

    public uint Seed { get; }

    public JsonElement[] Log { get; }

    public Dictionary<string, JsonElement[]> Variants { get; }

    public JsonElement Final { get; }

    /// <summary>All runs in the folder that NABLA_GOLDEN names, of whatever seed; none where it is not set.</summary>
    public static IEnumerable<GoldenRun> Find(params string[] names)
    {
        string? folder = Environment.GetEnvironmentVariable("NABLA_GOLDEN");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "NABLA_GOLDEN does not name the folder of the reference runs.");
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NABLA_DATA")), "NABLA_DATA is not set: needs the real MNIST files.");
        GoldenRun[] runs =
        [
            .. from file in Directory.GetFiles(folder!, "*.json").Order(StringComparer.Ordinal)
               let run = new GoldenRun(file, JsonDocument.Parse(System.IO.File.ReadAllText(file)).RootElement)
               where names.Contains(run.Name)
               select run,
        ];
        Assert.NotEmpty(runs);
        return runs;
    }
}
