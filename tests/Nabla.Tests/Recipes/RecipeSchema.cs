using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Nabla.Tests.Recipes;

/// <summary>
/// Makes the JSON Schema of recipes from the types that read them: what may be left out and its default from
/// <see cref="RecipeReader.DefaultsOf"/>, descriptions from the library's documentation, bounds by trying which numbers the
/// types take.
/// </summary>
internal static class RecipeSchema
{
    public static string Create()
    {
        JsonSchemaExporterOptions options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };
        JsonObject schema = DocumentJson.TypeOf<Recipe>().GetJsonSchemaAsNode(options).AsObject();
        schema["properties"]!.AsObject().Insert(0, "$schema", new JsonObject { ["type"] = "string", ["description"] = "Where this schema is, for editors." });
        ReplaceConstants(schema);
        schema.Insert(0, "title", "Recipe of Nabla");
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        return schema.ToJsonString(new JsonSerializerOptions(DocumentJson.Indented) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema)
        {
            return node;
        }
        if (schema["properties"] is JsonObject && RecipeReader.DefaultsOf(context.TypeInfo.Type) is (object values, IReadOnlyList<string> given))
        {
            JsonObject defaults = JsonSerializer.SerializeToNode(values, context.TypeInfo)!.AsObject();
            LetOut(schema, defaults, given);
            foreach ((string name, JsonNode? member) in schema["properties"]!.AsObject())
            {
                if (member!["type"]?.ToJsonString() is string kind && (kind.Contains("integer", StringComparison.Ordinal) || kind.Contains("number", StringComparison.Ordinal)))
                {
                    Bound(member.AsObject(), context.TypeInfo, defaults, name);
                }
            }
        }
        string? description = context.PropertyInfo is JsonPropertyInfo property ? Documentation.OfMember(property) : Documentation.OfType(context.TypeInfo.Type);
        if (description is not null)
        {
            schema.Insert(0, "description", description);
        }
        return schema;
    }

    /// <summary>Says the one value that is allowed in the way that old versions of JSON Schema know, too.</summary>
    private static void ReplaceConstants(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (JsonNode? item in array)
            {
                ReplaceConstants(item);
            }
        }
        else if (node is JsonObject schema)
        {
            if (schema.Remove("const", out JsonNode? constant))
            {
                schema["enum"] = new JsonArray(constant);
            }
            foreach ((string _, JsonNode? member) in schema.ToArray())
            {
                ReplaceConstants(member);
            }
        }
    }

    /// <summary>Only what has no default is required; for numbers, words and yes or no the default is given.</summary>
    private static void LetOut(JsonObject schema, JsonObject defaults, IReadOnlyList<string> given)
    {
        JsonNode[] required = [.. (schema["required"] as JsonArray ?? []).Where(name => given.Contains((string)name!)).Select(name => name!.DeepClone())];
        schema.Remove("required");
        if (required.Length > 0)
        {
            schema.Insert(schema.IndexOf("properties") + 1, "required", new JsonArray(required));
        }
        foreach ((string name, JsonNode? value) in defaults)
        {
            if (value is JsonValue && !given.Contains(name) && schema["properties"]![name] is JsonObject member)
            {
                member["default"] = value.DeepClone();
            }
        }
    }

    /// <summary>Finds by trial whether a number may be negative, 0, and 1 or more.</summary>
    private static void Bound(JsonObject member, JsonTypeInfo type, JsonObject defaults, string name)
    {
        bool isWhole = !Takes(0.5);
        if (!Takes(-1))
        {
            (string keyword, int limit) = Takes(0) ? ("minimum", 0) : isWhole ? ("minimum", 1) : ("exclusiveMinimum", 0);
            member[keyword] = limit;
        }
        if (!isWhole && !Takes(1))
        {
            member["exclusiveMaximum"] = 1;
        }

        bool Takes(double value)
        {
            JsonObject changed = defaults.DeepClone().AsObject();
            changed[name] = value;
            try
            {
                return changed.Deserialize(type) is not null;
            }
            catch (Exception exception) when (exception is JsonException or ArgumentException)
            {
                return false;
            }
        }
    }
}
