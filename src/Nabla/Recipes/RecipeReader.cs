using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Nabla;

/// <summary>
/// Reads recipes strictly but kindly. Before the document is turned into objects, it is walked beside the types: a member
/// that the type does not have is refused with the nearest name that it has, and one that was left out is filled in from
/// an object that has its defaults. (The JSON reader itself would set members that are left out to zero.)
/// </summary>
internal static class RecipeReader
{
    /// <summary>Longest document that is read, in characters, and in a file in bytes.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>Objects with the default of every member that has one, beside those of kinds, and the names of those members that have none.</summary>
    private static readonly (object Defaults, string[] Required)[] Parts =
    [
        (new Recipe { Name = "", Layers = [] }, Kinds.RequiredOf<Recipe>()), (new RecipeData(), []), (new RowRange { Part = DataPart.Train }, Kinds.RequiredOf<RowRange>()),
        (new Preprocessing(), []), (new TrainingOptions(), []), (new Initialization(), []),
    ];

    /// <summary>An object of a type with the defaults, and the names of those members that have none and must be in the document; null where the type has no defaults.</summary>
    internal static (object Defaults, IReadOnlyList<string> Required)? DefaultsOf(Type type)
    {
        if (Kinds.OfType(type) is { } kind)
        {
            return (kind.Defaults, kind.Required);
        }
        int part = Array.FindIndex(Parts, part => part.Defaults.GetType() == type);
        return part < 0 ? null : Parts[part];
    }

    public static Recipe Read(string json, string source)
    {
        try
        {
            if (json.Length > MaxLength)
            {
                throw new MalformedFileException(source, $"found {json.Length} characters, expected a recipe of at most {MaxLength}.");
            }
            JsonNode? document = JsonNode.Parse(
                json, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
            // Editors find the schema by it; to the recipe it means nothing.
            (document as JsonObject)?.Remove("$schema");
            CheckKind(document, typeof(Recipe), "the document", source);
            Complete(document, DocumentJson.TypeOf<Recipe>(), "", source);
            Recipe recipe = document.Deserialize(DocumentJson.TypeOf<Recipe>()) ?? throw new MalformedFileException(source, "found null, expected a recipe.");
            if (recipe.Data.Train.Overlaps(recipe.Data.Test))
            {
                throw new MalformedFileException(
                    source, "'data.train' and 'data.test' share samples, expected none in both; what a network has learnt from does not tell how good it is.");
            }
            recipe.ThrowUnlessBuildable();
            return recipe;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException or NotSupportedException
            or OverflowException or FormatException and not MalformedFileException)
        {
            throw new MalformedFileException(source, $"is not a recipe: {MalformedFileException.ReasonOf(exception)}", -1, exception);
        }
    }

    private static void Complete(JsonNode? node, JsonTypeInfo type, string path, string source)
    {
        if (node is JsonArray array && type.ElementType is Type element && DocumentJson.Find(element) is JsonTypeInfo elementType)
        {
            for (int i = 0; i < array.Count; i++)
            {
                JsonNode item = array[i] ?? throw new MalformedFileException(source, $"found null as '{path}[{i}]', expected a value; write one or take it out.");
                CheckKind(item, element, $"'{path}[{i}]'", source);
                Complete(item, elementType, $"{path}[{i}]", source);
            }
        }
        if (node is not JsonObject members || type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }
        type = Derived(members, type, path, source);
        string? discriminator = type.PolymorphismOptions?.TypeDiscriminatorPropertyName ?? (members.ContainsKey("type") ? "type" : null);
        // Members that are not part of the document, such as the number of threads, have neither getter nor setter here.
        JsonPropertyInfo[] properties = [.. type.Properties.Where(property => property.Get is not null || property.Set is not null)];
        string[] known = [.. properties.Select(property => property.Name)];
        foreach ((string name, JsonNode? _) in members)
        {
            if (name != discriminator && !known.Contains(name))
            {
                string nearest = Spelling.Nearest(name, known.Append("type"));
                throw new MalformedFileException(source, $"found '{Join(path, name)}', which is not known there; did you mean '{nearest}'? Known are: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
            }
        }
        if (DefaultsOf(type.Type) is (object defaults, IReadOnlyList<string> required))
        {
            JsonObject filled = JsonSerializer.SerializeToNode(defaults, type)!.AsObject();
            foreach ((string name, JsonNode? value) in filled)
            {
                if (!members.ContainsKey(name) && !required.Contains(name))
                {
                    members[name] = value?.DeepClone();
                }
            }
        }
        foreach (JsonPropertyInfo property in properties)
        {
            string place = Join(path, property.Name);
            if (property.IsRequired && !members.ContainsKey(property.Name))
            {
                throw new MalformedFileException(source, $"has no '{place}', expected one; 'nabla recipes show dense' prints a whole recipe.");
            }
            if (members[property.Name] is not JsonNode value)
            {
                if (members.ContainsKey(property.Name) && !property.IsSetNullable)
                {
                    CheckKind(null, property.PropertyType, $"'{place}'", source);
                }
                continue;
            }
            CheckKind(value, property.PropertyType, $"'{place}'", source);
            if (DocumentJson.Find(property.PropertyType) is JsonTypeInfo valueType)
            {
                Complete(value, valueType, place, source);
            }
        }
    }

    /// <summary>Numbers where numbers belong, and so on: the JSON reader would say it in terms of .NET's types.</summary>
    private static void CheckKind(JsonNode? value, Type type, string place, string source)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        JsonValueKind kind = value?.GetValueKind() ?? JsonValueKind.Null;
        string? expected;
        if (type.IsEnum)
        {
            string[] names = Enum.GetNames(type);
            string? text = kind == JsonValueKind.String ? value!.GetValue<string>() : null;
            expected = text is not null && names.Contains(text, StringComparer.OrdinalIgnoreCase) ? null
                : $"one of {string.Join(", ", names)}{(text is null ? "" : $"; did you mean '{Spelling.Nearest(text, names)}'?")}";
        }
        else
        {
            expected = Type.GetTypeCode(type) switch
            {
                TypeCode.Boolean => kind is JsonValueKind.True or JsonValueKind.False ? null : "true or false",
                TypeCode.Int32 => kind == JsonValueKind.Number && value!.AsValue().TryGetValue(out int _) ? null : "a whole number",
                TypeCode.UInt32 => kind == JsonValueKind.Number && value!.AsValue().TryGetValue(out uint _) ? null : $"a whole number from 0 to {uint.MaxValue}",
                TypeCode.Single or TypeCode.Double => kind == JsonValueKind.Number ? null : "a number",
                TypeCode.String => kind == JsonValueKind.String ? null : "a text",
                _ when DocumentJson.Find(type) is { ElementType: not null } => kind == JsonValueKind.Array ? null : "a list, [ … ]",
                _ => kind == JsonValueKind.Object ? null : "an object, { … }",
            };
        }
        if (expected is not null)
        {
            const int Shown = 60;
            string found = value?.ToJsonString() ?? "null";
            throw new MalformedFileException(source, $"found {(found.Length <= Shown ? found : found[..Shown] + "…")} as {place}, expected {expected}{(expected.EndsWith('?') ? "" : ".")}");
        }
    }

    /// <summary>The type that a member 'type' names, where there are several.</summary>
    private static JsonTypeInfo Derived(JsonObject members, JsonTypeInfo type, string path, string source)
    {
        if (type.PolymorphismOptions is not JsonPolymorphismOptions options)
        {
            return type;
        }
        string[] names = [.. options.DerivedTypes.Select(derived => (string)derived.TypeDiscriminator!)];
        string? wanted = members[options.TypeDiscriminatorPropertyName] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        int index = Array.IndexOf(names, wanted);
        if (index < 0)
        {
            // The list last: it is long, and what is too long is cut.
            throw new MalformedFileException(source, wanted is null ? $"found no 'type' in '{path}', expected one of {string.Join(", ", names)}"
                : $"found '{wanted}' as '{Join(path, "type")}', which is not known; did you mean '{Spelling.Nearest(wanted, names)}'? A kind of your own is made known by {Kinds.Of(type.Type)!.HowToRegister}. Known are: {string.Join(", ", names)}.");
        }
        // The discriminator must come first for the JSON reader.
        JsonNode kind = members[options.TypeDiscriminatorPropertyName]!.DeepClone();
        members.Remove(options.TypeDiscriminatorPropertyName);
        members.Insert(0, options.TypeDiscriminatorPropertyName, kind);
        return DocumentJson.Find(options.DerivedTypes[index].DerivedType)!;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
