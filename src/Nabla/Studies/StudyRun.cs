using System.Text.Json.Nodes;

namespace Nabla;

/// <summary>One training of a study.</summary>
/// <param name="Index">Its place among the study's runs, from 0.</param>
/// <param name="Name">Name of its folder: <c>0001</c>.</param>
/// <param name="Combination">The number of its combination of values, from 0; those that differ in the seed alone have the same.</param>
/// <param name="Values">What varies, by path into the recipe, and its value here.</param>
/// <param name="Recipe">The whole recipe, with these values and its seed.</param>
public sealed record StudyRun(int Index, string Name, int Combination, IReadOnlyList<KeyValuePair<string, JsonNode?>> Values, Recipe Recipe)
{
    /// <summary>Seed of the training.</summary>
    public uint Seed => Recipe.Training.Seed;

    /// <summary>What tells it from the others, in one line: <c>optimizer.learningRate 0.01, seed 2</c>.</summary>
    public override string ToString() => string.Join(", ", [.. Values.Select(value => $"{value.Key} {Text(value.Value)}"), FormattableString.Invariant($"seed {Seed}")]);

    /// <summary>A value of an option as people read it.</summary>
    internal static string Text(JsonNode? value) => value is JsonValue text && text.TryGetValue(out string? word) ? word : value?.ToJsonString() ?? "null";
}
