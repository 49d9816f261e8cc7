using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla;

/// <summary>Reads studies strictly but kindly, as <see cref="RecipeReader"/> reads recipes: an error names the file, the member, what was found and what was expected.</summary>
internal sealed class StudyReader
{
    /// <summary>Longest document that is read, in characters or bytes.</summary>
    public const int MaxLength = 4 << 20;

    private const double DefaultLease = 60;

    private static readonly string[] Members = ["name", "recipe", "data", "dataReading", "vary", "combinations", "trials", "drawSeed", "seeds", "measure", "rule", "leaseSeconds"];
    private static readonly string[] Distributions = [UniformDistribution.Name, LogUniformDistribution.Name, IntegerDistribution.Name, ChoiceDistribution.Name];
    private static readonly string[] Measures = ["validationAccuracy", "validationLoss"];
    private static readonly string[] Rules = ["none", "halving", "asha"];

    private readonly JsonObject _study;
    private readonly string _source;
    private readonly string _folder;

    private StudyReader(JsonObject study, string source, string folder) => (_study, _source, _folder) = (study, source, folder);

    public static Study Read(string json, string source, string folder)
    {
        try
        {
            if (json.Length > MaxLength)
            {
                throw new MalformedFileException(source, $"found {json.Length} characters, expected a study of at most {MaxLength}.");
            }
            JsonNode? document = JsonNode.Parse(
                json, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
            return document is JsonObject study
                ? new StudyReader(study, source, folder).Read()
                : throw new MalformedFileException(source, $"found {Shown(document)}, expected a study, an object {{ … }}.");
        }
        catch (Exception exception) when (exception is JsonException or FormatException and not MalformedFileException)
        {
            throw new MalformedFileException(source, $"is not a study: {MalformedFileException.ReasonOf(exception)}", -1, exception);
        }
    }

    private Study Read()
    {
        _study.Remove("$schema");
        CheckMembers(_study, "", Members);
        Recipe recipe = ReadRecipe();
        string? data = Text("data");
        if (data is not null && Path.Exists(Path.Combine(_folder, data)))
        {
            data = Path.GetFullPath(Path.Combine(_folder, data));
        }
        Dictionary<string, string> reading = ReadDataReading();
        uint drawSeed = _study["drawSeed"] is null ? 1 : WholeNumber<uint>("drawSeed", "a whole number from 0 to 4294967295");
        (List<Option> grid, List<Option> drawn) = ReadVary();
        List<(RecipePath Path, JsonNode? Value)[]> combinations = ReadCombinations();
        int trials = ReadTrials(drawn);
        uint[] seeds = ReadSeeds(recipe, [.. grid.Concat(drawn).Select(option => option.Path), .. combinations.SelectMany(combination => combination.Select(value => value.Path))]);
        string measure = Choice("measure", Measures, Measures[0]);
        StudyRule? rule = ReadRule();
        double lease = _study["leaseSeconds"] is null ? DefaultLease : Number(_study["leaseSeconds"], "leaseSeconds", 0.5, 86_400);

        List<(RecipePath Path, JsonNode? Value)[]> all = combinations.Count > 0 ? combinations : Combine(grid, drawn, trials, drawSeed);
        if ((long)all.Count * seeds.Length > Study.MaxRuns)
        {
            throw Wrong($"asks for {all.Count} combinations with {seeds.Length} seeds each, expected at most {Study.MaxRuns} runs in all.");
        }
        string[] varied = [.. all.SelectMany(values => values.Select(value => value.Path.ToString())).Distinct()];
        if (rule is not null && varied.Contains("training.epochs"))
        {
            throw Wrong("'training.epochs' varies, expected the same for all runs where there is a 'rule': they are compared after equally many epochs.");
        }
        string name = Text("name") ?? recipe.Name;
        JsonObject document = new()
        {
            ["name"] = name,
            ["recipe"] = JsonNode.Parse(recipe.ToJson()),
            ["data"] = data,
            ["dataReading"] = reading.Count == 0 ? null : new JsonObject(reading.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
            ["vary"] = _study["vary"] is JsonObject ? new JsonObject(_study["vary"]!.AsObject().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))) : null,
            ["combinations"] = _study["combinations"]?.DeepClone(),
            ["trials"] = drawn.Count > 0 ? trials : null,
            ["drawSeed"] = drawn.Count > 0 ? drawSeed : null,
            ["seeds"] = new JsonArray([.. seeds.Select(seed => JsonValue.Create(seed))]),
            ["measure"] = measure,
            ["rule"] = rule is null ? null : new JsonObject { ["type"] = Rules[1 + (int)rule.Kind], ["epochs"] = rule.Epochs, ["factor"] = rule.Factor },
            ["leaseSeconds"] = lease,
        };
        foreach (string member in document.Where(member => member.Value is null).Select(member => member.Key).ToArray())
        {
            document.Remove(member);
        }
        return new Study(document)
        {
            Name = name,
            Recipe = recipe,
            Data = data,
            DataReading = reading,
            Measure = (StudyMeasure)Array.IndexOf(Measures, measure),
            Rule = rule,
            Lease = TimeSpan.FromSeconds(lease),
            Varied = varied,
            Runs = MakeRuns(recipe, all, seeds),
        };
    }

    private Recipe ReadRecipe()
    {
        switch (_study["recipe"])
        {
            case JsonObject document:
                return Recipe.Parse(document.ToJsonString(), $"{_source}: 'recipe'");
            case JsonValue value when value.TryGetValue(out string? name):
                string path = Path.Combine(_folder, name);
                return RecipeBook.Names.Contains(name) ? RecipeBook.Get(name)
                    : File.Exists(path) ? Recipe.Load(path)
                    : throw Wrong($"found \"{name}\" as 'recipe', expected the name of a recipe or a file beside the study{(Spelling.Misspelt(name, RecipeBook.Names) is string meant ? $"; did you mean '{meant}'?" : $"; recipes are: {string.Join(", ", RecipeBook.Names)}.")}");
            case null:
                throw Wrong("has no 'recipe', expected the name of a recipe, a file or a whole recipe, { … }.");
            default:
                throw Wrong($"found {Shown(_study["recipe"])} as 'recipe', expected the name of a recipe, a file or a whole recipe, {{ … }}.");
        }
    }

    private Dictionary<string, string> ReadDataReading()
    {
        Dictionary<string, string> reading = [];
        foreach ((string name, JsonNode? value) in Object("dataReading"))
        {
            reading.Add(name, value is JsonValue text && text.TryGetValue(out string? word) ? word
                : throw Wrong($"found {Shown(value)} as 'dataReading.{name}', expected a text, as the option of 'nabla train' takes it: \"--scale\": \"255\"."));
        }
        return reading;
    }

    private (List<Option> Grid, List<Option> Drawn) ReadVary()
    {
        List<Option> grid = [], drawn = [];
        foreach ((string name, JsonNode? value) in Object("vary"))
        {
            RecipePath path = PathOf(name, "vary");
            switch (value)
            {
                case JsonArray { Count: > 0 } list:
                    grid.Add(new Option(path, [.. list], null));
                    break;
                case JsonObject members:
                    drawn.Add(new Option(path, [], ReadDistribution(members, $"vary.{name}")));
                    break;
                default:
                    throw Wrong($"found {Shown(value)} as 'vary.{name}', expected a list of values, [ … ], or what they are drawn from, {{ \"type\": \"log-uniform\", … }}.");
            }
        }
        return (grid, drawn);
    }

    private List<(RecipePath, JsonNode?)[]> ReadCombinations()
    {
        if (_study["combinations"] is null)
        {
            return [];
        }
        if (_study["vary"] is not null)
        {
            throw Wrong("has both 'vary' and 'combinations', expected one of them.");
        }
        if (_study["combinations"] is not JsonArray { Count: > 0 } list)
        {
            throw Wrong($"found {Shown(_study["combinations"])} as 'combinations', expected a list of objects, [{{ \"optimizer.learningRate\": 0.01 }}, … ].");
        }
        return
        [
            .. list.Select((item, i) => item is JsonObject members
                ? members.Select(member => (PathOf(member.Key, $"combinations[{i}]"), member.Value)).ToArray()
                : throw Wrong($"found {Shown(item)} as 'combinations[{i}]', expected an object, {{ \"optimizer.learningRate\": 0.01 }}.")),
        ];
    }

    private StudyDistribution ReadDistribution(JsonObject members, string place)
    {
        string? type = members["type"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        if (type is null || !Distributions.Contains(type))
        {
            throw Wrong(type is null ? $"found no 'type' in '{place}', expected one of {string.Join(", ", Distributions)}."
                : $"found '{type}' as '{place}.type', which is not known; did you mean '{Spelling.Nearest(type, Distributions)}'? Known are: {string.Join(", ", Distributions)}.");
        }
        if (type == ChoiceDistribution.Name)
        {
            CheckMembers(members, place, ["type", "values"]);
            return members["values"] is JsonArray { Count: > 0 } values ? new ChoiceDistribution([.. values])
                : throw Wrong($"found {Shown(members["values"])} as '{place}.values', expected a list of values, [ … ].");
        }
        CheckMembers(members, place, ["type", "low", "high"]);
        double least = type == LogUniformDistribution.Name ? double.Epsilon : double.MinValue;
        double low = Number(members["low"], $"{place}.low", least, double.MaxValue), high = Number(members["high"], $"{place}.high", low, double.MaxValue);
        if (type != IntegerDistribution.Name)
        {
            return !double.IsFinite(high - low) || !double.IsFinite(high / low) && type == LogUniformDistribution.Name ? throw Wrong($"'{place}' is too wide, expected numbers whose difference and ratio a double can hold.")
                : type == UniformDistribution.Name ? new UniformDistribution(low, high) : new LogUniformDistribution(low, high);
        }
        return low == Math.Truncate(low) && high == Math.Truncate(high) && Math.Abs(low) <= 1e9 && Math.Abs(high) <= 1e9
            ? new IntegerDistribution((int)low, (int)high)
            : throw Wrong($"found {Shown(members["low"])} to {Shown(members["high"])} in '{place}', expected whole numbers up to a billion.");
    }

    private int ReadTrials(List<Option> drawn)
    {
        if (drawn.Count == 0)
        {
            return _study["trials"] is null && _study["drawSeed"] is null ? 1
                : throw Wrong($"has '{(_study["trials"] is null ? "drawSeed" : "trials")}', but nothing in 'vary' is drawn; leave it out, or give an option a distribution.");
        }
        return _study["trials"] is null
            ? throw Wrong($"has no 'trials', expected how often '{drawn[0].Path}' is drawn.")
            : (int)Number(_study["trials"], "trials", 1, Study.MaxRuns, isWhole: true);
    }

    private uint[] ReadSeeds(Recipe recipe, RecipePath[] varied)
    {
        JsonNode? node = _study["seeds"];
        RecipePath seed = RecipePath.Parse("training.seed");
        if (node is not null && Array.Find(varied, seed.IsWithin) is not null)
        {
            throw Wrong("has 'seeds' while 'training.seed' varies, expected one of them.");
        }
        uint[] seeds;
        switch (node)
        {
            case null:
                return [recipe.Training.Seed];
            case JsonArray { Count: > 0 } list:
                seeds = [.. list.Select((item, i) => item?.GetValueKind() == JsonValueKind.Number && item.AsValue().TryGetValue(out uint number) ? number
                    : throw Wrong($"found {Shown(item)} as 'seeds[{i}]', expected a whole number from 0 to {uint.MaxValue}."))];
                break;
            default:
                seeds = [.. Enumerable.Range(1, (int)Number(node, "seeds", 1, Study.MaxRuns, isWhole: true)).Select(number => (uint)number)];
                break;
        }
        return seeds.Distinct().Count() == seeds.Length ? seeds : throw Wrong("found the same number twice in 'seeds', expected each once: it would be the same training.");
    }

    private StudyRule? ReadRule()
    {
        if (_study["rule"] is null)
        {
            return null;
        }
        JsonObject members = Object("rule");
        string? type = members["type"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        if (type is null || !Rules.Contains(type))
        {
            throw Wrong(type is null ? $"found no 'type' in 'rule', expected one of {string.Join(", ", Rules)}."
                : $"found '{type}' as 'rule.type', which is not known; did you mean '{Spelling.Nearest(type, Rules)}'? Known are: {string.Join(", ", Rules)}.");
        }
        CheckMembers(members, "rule", type == Rules[0] ? ["type"] : ["type", "epochs", "factor"]);
        return type == Rules[0] ? null : new StudyRule(
            (StudyRuleKind)(Array.IndexOf(Rules, type) - 1),
            members["epochs"] is null ? 1 : (int)Number(members["epochs"], "rule.epochs", 1, 1e6, isWhole: true),
            members["factor"] is null ? 3 : (int)Number(members["factor"], "rule.factor", 2, 1e6, isWhole: true));
    }

    /// <summary>Every draw with every cell of the grid.</summary>
    private static List<(RecipePath, JsonNode?)[]> Combine(List<Option> grid, List<Option> drawn, int trials, uint drawSeed)
    {
        List<(RecipePath, JsonNode?)[]> cells = [[]];
        foreach (Option option in grid)
        {
            cells = [.. cells.SelectMany(cell => option.Values.Select(value => ((RecipePath, JsonNode?)[])[.. cell, (option.Path, value)])).Take(Study.MaxRuns + 1)];
        }
        List<(RecipePath, JsonNode?)[]> all = [];
        for (uint trial = 0; trial < trials; trial++)
        {
            (RecipePath, JsonNode?)[] draws = new (RecipePath, JsonNode?)[drawn.Count];
            for (int i = 0; i < draws.Length; i++)
            {
                // By the option's name, so that one more of them, or another order, changes nothing for the others.
                Philox random = new(drawSeed, place: trial, purpose: Hash(drawn[i].Path.ToString()));
                draws[i] = (drawn[i].Path, drawn[i].Distribution!.Draw(ref random));
            }
            all.AddRange(cells.Select(cell => ((RecipePath, JsonNode?)[])[.. cell, .. draws]));
            if (all.Count > Study.MaxRuns)
            {
                break;
            }
        }
        return all;
    }

    private List<StudyRun> MakeRuns(Recipe recipe, List<(RecipePath Path, JsonNode? Value)[]> combinations, uint[] seeds)
    {
        List<StudyRun> runs = [];
        int digits = Math.Max(4, (combinations.Count * seeds.Length).ToString(CultureInfo.InvariantCulture).Length);
        string whole = recipe.ToJson();
        for (int combination = 0; combination < combinations.Count; combination++)
        {
            JsonNode document = JsonNode.Parse(whole)!;
            foreach ((RecipePath path, JsonNode? value) in combinations[combination])
            {
                try
                {
                    path.Set(document, value?.DeepClone());
                }
                catch (FormatException exception)
                {
                    throw Wrong(exception.Message);
                }
            }
            string values = string.Join(", ", combinations[combination].Select(value => $"'{value.Path}' = {Shown(value.Value)}"));
            Recipe varied = values.Length == 0 ? recipe : Recipe.Parse(document.ToJsonString(), $"{_source}: with {values}");
            if (varied.Training.ValidationFraction == 0)
            {
                throw Wrong($"'training.validationFraction' is 0 in the recipe{(values.Length == 0 ? "" : $" with {values}")}, expected samples for validation, by which runs are compared; set it to 0.1, say.");
            }
            foreach (uint seed in _study["seeds"] is null ? [varied.Training.Seed] : seeds)
            {
                runs.Add(new StudyRun(
                    runs.Count, (runs.Count + 1).ToString($"D{digits}", CultureInfo.InvariantCulture), combination,
                    [.. combinations[combination].Select(value => KeyValuePair.Create(value.Path.ToString(), value.Value?.DeepClone()))],
                    varied with { Training = varied.Training with { Seed = seed } }));
            }
        }
        return runs;
    }

    private RecipePath PathOf(string text, string place)
    {
        try
        {
            return RecipePath.Parse(text);
        }
        catch (FormatException exception)
        {
            throw Wrong($"in '{place}': {exception.Message}");
        }
    }

    private void CheckMembers(JsonObject members, string place, string[] known)
    {
        foreach ((string name, JsonNode? _) in members)
        {
            if (!known.Contains(name))
            {
                throw Wrong($"found '{(place.Length == 0 ? name : $"{place}.{name}")}', which is not known there; did you mean '{Spelling.Nearest(name, known)}'? Known are: {string.Join(", ", known)}.");
            }
        }
    }

    private JsonObject Object(string name) => _study[name] switch
    {
        null => [],
        JsonObject members => members,
        JsonNode other => throw Wrong($"found {Shown(other)} as '{name}', expected an object, {{ … }}."),
    };

    private string? Text(string name) => _study[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) && text.Length > 0 => text,
        JsonNode other => throw Wrong($"found {Shown(other)} as '{name}', expected a text."),
    };

    private string Choice(string name, string[] choices, string fallback) => Text(name) is not string text ? fallback
        : choices.Contains(text) ? text
        : throw Wrong($"found \"{text}\" as '{name}', expected {string.Join(" or ", choices)}; did you mean '{Spelling.Nearest(text, choices)}'?");

    private T WholeNumber<T>(string name, string expected) => _study[name] is JsonValue value && value.TryGetValue(out T? number) ? number : throw Wrong($"found {Shown(_study[name])} as '{name}', expected {expected}.");

    private double Number(JsonNode? node, string place, double least, double most, bool isWhole = false)
    {
        string range = (least, most) switch
        {
            (double.MinValue, _) => "",
            (double.Epsilon, _) => " above 0",
            (_, double.MaxValue) => FormattableString.Invariant($" of at least {least}"),
            _ => FormattableString.Invariant($" from {least} to {most}"),
        };
        return node?.GetValueKind() == JsonValueKind.Number && node.AsValue().TryGetValue(out double number) && number >= least && number <= most && (!isWhole || number == Math.Truncate(number)) ? number
            : throw Wrong($"found {(node is null ? "nothing" : Shown(node))} as '{place}', expected a {(isWhole ? "whole " : "")}number{range}.");
    }

    private MalformedFileException Wrong(string message) => new(_source, message);

    private static string Shown(JsonNode? node)
    {
        const int Most = 60;
        string text = node?.ToJsonString() ?? "null";
        return text.Length <= Most ? text : $"{text[..Most]}…";
    }

    /// <summary>FNV-1a, 32 bits: the same everywhere, which string's own hash is not.</summary>
    private static uint Hash(string text)
    {
        uint hash = 2166136261;
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ value) * 16777619;
        }
        return hash;
    }

    /// <summary>What varies: by a list, or by what is drawn from.</summary>
    private sealed record Option(RecipePath Path, IReadOnlyList<JsonNode?> Values, StudyDistribution? Distribution);
}
