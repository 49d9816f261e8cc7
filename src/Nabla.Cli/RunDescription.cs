using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Cli.Options;
using Nabla.IO;

namespace Nabla.Cli;

/// <summary>What a training was asked to do, and where, as run.json: so that it can be resumed and reported.</summary>
/// <param name="Recipe">The recipe, with what options changed in it, before it was fitted to the data.</param>
/// <param name="Data">As --data said, and how its files are to be read.</param>
/// <param name="Patience">As --patience said.</param>
/// <param name="PlateauPatience">As --reduce-on-plateau said.</param>
/// <param name="TensorBoard">As --tensorboard said.</param>
internal sealed record RunDescription(Recipe Recipe, DataRequest Data, int? Patience, int? PlateauPatience, bool TensorBoard)
{
    /// <summary>The command that began it, as a shell takes it; null in files from before it was kept.</summary>
    public string? Command { get; init; }

    /// <summary>Where it ran, at last where it was resumed; null in files from before it was kept.</summary>
    public MachineDescription? Machine { get; init; }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="MalformedFileException">It is something else.</exception>
    public static RunDescription Load(string path)
    {
        using FileStream file = InputFile.Open(path);
        using StreamReader reader = new(file);
        return Parse(reader.ReadToEnd(), path);
    }

    /// <summary>Reads the text that <see cref="ToJson"/> made.</summary>
    /// <param name="json">The text.</param>
    /// <param name="path">What errors call it.</param>
    /// <exception cref="MalformedFileException">It is something else.</exception>
    public static RunDescription Parse(string json, string path)
    {
        try
        {
            JsonNode run = JsonNode.Parse(json)!;
            string data = (string?)run["data"] ?? DataOptions.Auto, fromThere = Path.Combine((string)run["workingFolder"]!, data);
            Dictionary<string, string> reading = run["dataReading"]?.AsObject().ToDictionary(entry => entry.Key, entry => (string)entry.Value!) ?? [];
            return new RunDescription(Recipe.Parse(run["recipe"]!.ToJsonString(), path), new DataRequest(Path.Exists(fromThere) && !Path.Exists(data) ? fromThere : data, reading), (int?)run["patience"], (int?)run["plateauPatience"], (bool)run["tensorBoard"]!)
            {
                Command = (string?)run["command"],
                Machine = run["machine"] is { } machine ? MachineDescription.FromJson(machine) : null,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NullReferenceException or ArgumentException or FormatException and not MalformedFileException)
        {
            throw new MalformedFileException(path, "does not describe a training; begin it anew.", -1, exception);
        }
    }

    public string ToJson() => new JsonObject
    {
        ["recipe"] = JsonNode.Parse(Recipe.ToJson()),
        ["data"] = Data.Data,
        ["dataReading"] = new JsonObject(Data.Reading.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
        ["workingFolder"] = Environment.CurrentDirectory,
        ["patience"] = Patience,
        ["plateauPatience"] = PlateauPatience,
        ["tensorBoard"] = TensorBoard,
        ["command"] = Command,
        ["machine"] = Machine?.ToJson(),
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
}
