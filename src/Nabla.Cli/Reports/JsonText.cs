using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Cli.Reports;

/// <summary>JSON as people like to read it: what fits into a line stands in one, such as a layer; all else on lines of its own.</summary>
internal static class JsonText
{
    /// <summary>The member that names a kind of something.</summary>
    public const string KindMember = "type";

    private const int LineLength = 200;
    private const string Indent = "  ";

    // A page escapes text itself.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(string json) => Of(JsonNode.Parse(json), "");

    /// <summary>In one line: <c>{ "type": "dense", "units": 10 }</c>.</summary>
    public static string InLine(JsonNode? node) => node switch
    {
        JsonObject { Count: > 0 } members => $"{{ {string.Join(", ", members.Select(member => $"{Name(member.Key)}: {InLine(member.Value)}"))} }}",
        JsonArray { Count: > 0 } items => $"[{string.Join(", ", items.Select(InLine))}]",
        null => "null",
        _ => node.ToJsonString(Plain),
    };

    /// <summary>In one line without quotes and brackets; a kind of something by its name and its options: <c>one-cycle, warmUpFraction 0.3, form Cosine</c>.</summary>
    public static string InWords(JsonNode? node) => node switch
    {
        null => "–",
        JsonObject { Count: > 0 } members when members.ContainsKey(KindMember) => string.Join(", ", members.Select(member => member.Key == KindMember ? InWords(member.Value) : $"{member.Key} {InWords(member.Value)}")),
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => InLine(node),
    };

    private static string Of(JsonNode? node, string indent)
    {
        string line = InLine(node), inner = indent + Indent;
        // A list of layers or the like has a line for each.
        bool isBroken = indent.Length == 0 || indent.Length + line.Length > LineLength || (node is JsonArray list && list.Any(item => item is JsonObject));
        return !isBroken ? line : node switch
        {
            JsonObject { Count: > 0 } members => $"{{\n{string.Join(",\n", members.Select(member => $"{inner}{Name(member.Key)}: {Of(member.Value, inner)}"))}\n{indent}}}",
            JsonArray { Count: > 0 } items => $"[\n{string.Join(",\n", items.Select(item => inner + Of(item, inner)))}\n{indent}]",
            _ => line,
        };
    }

    private static string Name(string name) => JsonValue.Create(name).ToJsonString(Plain);
}
