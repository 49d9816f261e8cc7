using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Nabla.Web.Requests;

namespace Nabla.Web.Predicting;

/// <summary>
/// Samples as JSON: <c>{"model": "digits", "samples": [[0, 0.5, …], …]}</c>, or <c>"sample"</c> for one. Read token by token, so that errors name the place, and nothing is kept but the numbers.
/// </summary>
internal sealed class JsonSamples
{
    private readonly List<float> _values = [];

    // Where each sample ends among the values.
    private readonly List<int> _ends = [];

    private JsonSamples(ReadOnlySpan<byte> json, int most)
    {
        // Deeper than what is expected, so that it is said in our words.
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 8 });
        reader.Read();
        Expect(ref reader, JsonTokenType.StartObject, "The body", "an object such as {\"samples\": [[0, 0.5]]}");
        HashSet<string> members = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string member = reader.GetString()!;
            if (!members.Add(member))
            {
                throw Refused($"Found '{Shown(member)}' twice, expected it once.");
            }
            reader.Read();
            switch (member)
            {
                case "model" when reader.TokenType == JsonTokenType.Null:
                    break;
                case "model":
                    Expect(ref reader, JsonTokenType.String, "model", "the name of a model in quotes");
                    Model = reader.GetString();
                    break;
                case "sample":
                    ReadSample(ref reader, member);
                    break;
                case "samples":
                    ReadSamples(ref reader, most);
                    break;
                default:
                    throw Refused($"Found the member '{Shown(member)}', expected 'model', 'sample' or 'samples'.");
            }
        }
        // Anything after the object is an error of its own.
        reader.Read();
        IsOne = members.Contains("sample");
        if (IsOne == members.Contains("samples"))
        {
            throw Refused($"Found {(IsOne ? "both 'sample' and 'samples'" : "neither 'sample' nor 'samples'")}, expected one of them.");
        }
        if (Count == 0)
        {
            throw Refused("samples: found none, expected at least one.");
        }
    }

    /// <summary>The name of the model; null where there is none.</summary>
    public string? Model { get; }

    /// <summary>How many samples there are.</summary>
    public int Count => _ends.Count;

    private bool IsOne { get; }

    /// <param name="json">The body of a request.</param>
    /// <param name="most">How many samples there may be.</param>
    /// <exception cref="RequestException">It is no JSON, or something else than samples.</exception>
    public static JsonSamples Read(ReadOnlySpan<byte> json, int most)
    {
        try
        {
            return new JsonSamples(json, most);
        }
        catch (JsonException exception)
        {
            string reason = exception.Message.ReplaceLineEndings(" ");
            int position = reason.IndexOf(" LineNumber: ", StringComparison.Ordinal);
            throw Refused(string.Create(CultureInfo.InvariantCulture,
                $"The body is no JSON, line {exception.LineNumber + 1}, column {exception.BytePositionInLine + 1}: {(position < 0 ? reason : reason[..position])}"));
        }
        catch (InvalidOperationException)
        {
            throw Refused("The body has text that is no UTF-8, expected JSON in UTF-8.");
        }
    }

    /// <summary>The samples for a model.</summary>
    /// <param name="input">Shape of one.</param>
    /// <exception cref="RequestException">One has another number of values.</exception>
    public FloatFeatures For(Shape input)
    {
        for (int i = 0, start = 0; i < Count; start = _ends[i], i++)
        {
            int length = _ends[i] - start;
            if (length != input.Size)
            {
                throw Refused(string.Create(CultureInfo.InvariantCulture, $"{(IsOne ? "sample" : $"samples[{i}]")}: found {length:N0} numbers, expected {input.Size:N0}, one for each value of {input}."));
            }
        }
        return new FloatFeatures(_values.ToArray(), input);
    }

    private void ReadSamples(ref Utf8JsonReader reader, int most)
    {
        Expect(ref reader, JsonTokenType.StartArray, "samples", "an array of arrays of numbers");
        for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == most)
            {
                throw Refused(string.Create(CultureInfo.InvariantCulture, $"samples: found more than {most:N0}, expected at most so many; send them in parts."));
            }
            ReadSample(ref reader, string.Create(CultureInfo.InvariantCulture, $"samples[{i}]"));
        }
    }

    private void ReadSample(ref Utf8JsonReader reader, string place)
    {
        Expect(ref reader, JsonTokenType.StartArray, place, "an array of numbers");
        for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetSingle(out float value) || !float.IsFinite(value))
            {
                throw Refused(string.Create(CultureInfo.InvariantCulture, $"{place}[{i}]: found {Found(ref reader)}, expected a number of at most {float.MaxValue:0.###e+0} in size."));
            }
            _values.Add(value);
        }
        _ends.Add(_values.Count);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType kind, string place, string expected)
    {
        if (reader.TokenType != kind)
        {
            throw Refused($"{place}: found {Found(ref reader)}, expected {expected}.");
        }
    }

    private static string Found(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => $"the text \"{Shown(Encoding.UTF8.GetString(reader.ValueSpan))}\"",
        _ => Shown(Encoding.UTF8.GetString(reader.ValueSpan)),
    };

    private static string Shown(string text) => text.Length > 40 ? $"{text[..40]}…" : text;

    private static RequestException Refused(string sentence) => new(StatusCodes.Status400BadRequest, sentence);
}
