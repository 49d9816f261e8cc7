using System.Globalization;
using System.Text.Json.Nodes;

namespace Nabla;

/// <summary>A place in a recipe's document: <c>optimizer.learningRate</c>, <c>layers[0].units</c>.</summary>
internal sealed class RecipePath
{
    private readonly string _text;

    // Names of members, and places in lists.
    private readonly object[] _steps;

    private RecipePath(string text, object[] steps) => (_text, _steps) = (text, steps);

    /// <summary>Understands a path.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static RecipePath Parse(string text)
    {
        List<object> steps = [];
        foreach (string part in text.Split('.'))
        {
            string[] pieces = part.Split('[');
            bool isList = pieces.Length > 1;
            if (pieces[0].Length == 0 || pieces[0].Contains(']', StringComparison.Ordinal))
            {
                throw Unexpected(text);
            }
            steps.Add(pieces[0]);
            foreach (string piece in pieces.Skip(1))
            {
                steps.Add(isList && piece.EndsWith(']') && int.TryParse(piece[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int place) ? place : throw Unexpected(text));
            }
        }
        return new RecipePath(text, [.. steps]);
    }

    /// <summary>Whether it leads to what another path leads to, or to something in it.</summary>
    public bool IsWithin(RecipePath other) => _steps.Length >= other._steps.Length && _steps.Take(other._steps.Length).SequenceEqual(other._steps);

    /// <summary>Puts a value there. A member that is not there yet is added: whether it may be is the recipe reader's business.</summary>
    /// <exception cref="FormatException">The document has no such place.</exception>
    public void Set(JsonNode document, JsonNode? value)
    {
        JsonNode parent = document;
        foreach (object step in _steps.SkipLast(1))
        {
            parent = (step is string name ? (parent as JsonObject)?[name] : parent is JsonArray list && (int)step < list.Count ? list[(int)step] : null)
                ?? throw NotThere(parent, step);
        }
        switch (_steps[^1], parent)
        {
            case (string name, JsonObject members):
                members[name] = value;
                break;
            case (int place, JsonArray list) when place < list.Count:
                list[place] = value;
                break;
            default:
                throw NotThere(parent, _steps[^1]);
        }
    }

    public override string ToString() => _text;

    private FormatException NotThere(JsonNode parent, object step) => new((step, parent) switch
    {
        (int place, JsonArray list) => $"'{_text}' leads nowhere: there are {list.Count} where it names the one of number {place}, counted from 0.",
        (string name, JsonObject { Count: > 0 } members) => $"'{_text}' leads nowhere: the recipe has no '{name}' there; did you mean '{Spelling.Nearest(name, members.Select(member => member.Key))}'?",
        _ => $"'{_text}' leads nowhere: the recipe has no '{step}' there.",
    });

    private static FormatException Unexpected(string text) => new($"'{text}' is no path into a recipe, expected one such as optimizer.learningRate or layers[0].units.");
}
