using System.Text.Json.Nodes;

namespace Nabla.Tests.Serialization;

/// <summary>A JSON document with something missing.</summary>
internal static class JsonMembers
{
    /// <summary>The document without one of its members, for each at any depth; beside it that member's path, <c>$.a[0].b</c>.</summary>
    public static IEnumerable<(string Path, string Json)> LeaveOneOut(string json)
    {
        for (int number = 0; ; number++)
        {
            JsonNode document = JsonNode.Parse(json)!;
            (JsonObject Owner, string Name)[] member = [.. Members(document).Skip(number).Take(1)];
            if (member.Length == 0)
            {
                yield break;
            }
            (JsonObject owner, string name) = member[0];
            owner.Remove(name);
            yield return ($"{owner.GetPath()}.{name}", document.ToJsonString());
        }
    }

    private static IEnumerable<(JsonObject Owner, string Name)> Members(JsonNode? node) => node switch
    {
        JsonArray array => array.SelectMany(Members),
        JsonObject owner => owner.SelectMany(member => Members(member.Value).Prepend((owner, member.Key))),
        _ => [],
    };
}
