using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Nabla.Cli.Reports;

/// <summary>One place in which recipes differ.</summary>
/// <param name="Path">Where it is: <c>training.epochs</c>, <c>layers[2].units</c>.</param>
/// <param name="Values">What each recipe has there; null where one has nothing.</param>
internal sealed record RecipeDifference(string Path, IReadOnlyList<JsonNode?> Values)
{
    /// <summary>What each recipe has there, for people.</summary>
    [JsonIgnore]
    public IEnumerable<string> Texts => Values.Select(InWords);

    /// <summary>All places in which documents differ, in their order.</summary>
    public static IReadOnlyList<RecipeDifference> Between(IReadOnlyList<JsonNode?> documents)
    {
        List<RecipeDifference> found = [];
        Compare("", documents, found);
        return found;
    }

    private static void Compare(string path, IReadOnlyList<JsonNode?> nodes, List<RecipeDifference> found)
    {
        if (nodes.All(node => JsonNode.DeepEquals(node, nodes[0])))
        {
            return;
        }
        if (nodes.All(node => node is JsonObject) && nodes.All(node => JsonNode.DeepEquals(node![JsonText.KindMember], nodes[0]![JsonText.KindMember])))
        {
            foreach (string name in nodes.SelectMany(node => node!.AsObject().Select(member => member.Key)).Distinct())
            {
                Compare(path.Length == 0 ? name : $"{path}.{name}", [.. nodes.Select(node => node![name])], found);
            }
        }
        else if (nodes.All(node => node is JsonArray items && items.Count == nodes[0]!.AsArray().Count))
        {
            for (int i = 0; i < nodes[0]!.AsArray().Count; i++)
            {
                Compare($"{path}[{i}]", [.. nodes.Select(node => node![i])], found);
            }
        }
        else
        {
            found.Add(new RecipeDifference(path, [.. nodes.Select(node => node?.DeepClone())]));
        }
    }

    /// <summary>A list of kinds by their names alone: of networks of other layers, no two members stand for the same.</summary>
    private static string InWords(JsonNode? node) => node is JsonArray { Count: > 0 } items && items.All(item => item is JsonObject members && members.ContainsKey(JsonText.KindMember))
        ? string.Join(", ", items.Select(item => (string?)item![JsonText.KindMember]))
        : JsonText.InWords(node);
}
