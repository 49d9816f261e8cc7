using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Live;

/// <summary>What is to be trained on what, as a page or a program asks for it in JSON.</summary>
public sealed record TrainingRequest
{
    /// <summary>What the network is to be called; null for the recipe's name.</summary>
    public string? Name { get; init; }

    /// <summary>Name of a recipe that ships, as a JSON string, or a recipe of one's own, as an object.</summary>
    [JsonRequired]
    public JsonElement Recipe { get; init; }

    /// <summary>The samples.</summary>
    public required RequestedData Data { get; init; }

    /// <summary>Reads a request.</summary>
    /// <param name="json">A JSON object.</param>
    /// <exception cref="ArgumentException">It is not what it should be; the message says what was found.</exception>
    public static TrainingRequest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, LiveJson.Default.TrainingRequest) ?? throw new ArgumentException("Found null, expected a JSON object with recipe and data.");
        }
        catch (JsonException exception)
        {
            // Of the runtime's sentence the first: those after it repeat the place.
            string place = exception.Path is null or "$" ? "" : $"{exception.Path.TrimStart('$', '.')}: ";
            throw new ArgumentException($"{place}{exception.Message.Split(" Path:")[0].Split(" LineNumber:")[0].TrimEnd('.')}; expected a JSON object with recipe and data.", exception);
        }
    }

    /// <summary>The request as <see cref="Parse"/> takes it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LiveJson.Default.TrainingRequest);

    /// <summary>The recipe, for the samples.</summary>
    /// <param name="data">The samples.</param>
    /// <exception cref="ArgumentException">There is no such recipe, or it is not what recipes are.</exception>
    public Recipe RecipeFor(TrainAndTest data) => ParseRecipe(Recipe).For(data.Train, data.Scale);

    /// <summary>Finds mistakes in the recipe before there is data.</summary>
    /// <exception cref="ArgumentException">There is no such recipe, or it is not what recipes are.</exception>
    public void ThrowUnlessRecipe() => ParseRecipe(Recipe);

    private static Recipe ParseRecipe(JsonElement recipe)
    {
        try
        {
            return recipe.ValueKind switch
            {
                JsonValueKind.String => RecipeBook.Get(recipe.GetString()!),
                JsonValueKind.Object => Nabla.Recipe.Parse(recipe.GetRawText(), "recipe"),
                JsonValueKind kind => throw new ArgumentException($"recipe: found {kind}, expected the name of a recipe or an object."),
            };
        }
        catch (MalformedFileException exception)
        {
            throw new ArgumentException(exception.Message, exception);
        }
    }
}

/// <summary>Samples that a request names or brings.</summary>
public sealed record RequestedData
{
    private const int MostDrawn = 60_000, ClassCount = 10;

    /// <summary><c>built-in</c>, <c>mnist</c>, <c>images</c> or <c>file</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Of built-in digits: how many to train on, 10 to 60,000; a sixth as many more are for testing.</summary>
    public int? Count { get; init; }

    /// <summary>Of images: rows, columns, and channels, 1 or 3.</summary>
    public int[]? Shape { get; init; }

    /// <summary>Of images: a byte for each value, image after image.</summary>
    public byte[]? Pixels { get; init; }

    /// <summary>Of images: the class of each, from 0.</summary>
    public int[]? Labels { get; init; }

    /// <summary>Of images: names of the classes; null for digits.</summary>
    public string[]? ClassNames { get; init; }

    /// <summary>Of a file: its name, which messages call it.</summary>
    public string? Name { get; init; }

    /// <summary>Of a file: its contents: CSV, NumPy's npy or npz, or anything else that <see cref="DataFiles"/> knows.</summary>
    public byte[]? Content { get; init; }

    /// <summary>The samples, with a part for testing.</summary>
    /// <param name="mnist">Where MNIST is to be had; null for nowhere.</param>
    /// <exception cref="ArgumentException">What is asked for is not there, or not what it should be.</exception>
    public TrainAndTest Load(Func<TrainAndTest>? mnist) => Kind switch
    {
        "built-in" => BuiltIn(),
        "mnist" => mnist is null ? throw new ArgumentException("data.kind: found mnist, which is not to be had here; expected built-in, images or file.") : mnist(),
        "images" => Images(),
        "file" => File(),
        _ => throw new ArgumentException($"data.kind: found '{Kind}', expected built-in, mnist, images or file."),
    };

    private TrainAndTest BuiltIn()
    {
        int count = Count ?? throw Missing(nameof(Count));
        if (count is < ClassCount or > MostDrawn)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"data.count: found {count}, expected {ClassCount} to {MostDrawn:N0} digits."));
        }
        return new TrainAndTest(SyntheticDigits.Generate(count, seed: 1), SyntheticDigits.Generate(Math.Max(ClassCount, count / 6), seed: 2), SyntheticDigits.SourceName);
    }

    private TrainAndTest Images()
    {
        byte[] pixels = Pixels ?? throw Missing(nameof(Pixels));
        int[] labels = Labels ?? throw Missing(nameof(Labels));
        if (Shape is not ([> 0 and <= 1024, > 0 and <= 1024] or [> 0 and <= 1024, > 0 and <= 1024, 1 or 3]))
        {
            throw new ArgumentException("data.shape: expected rows and columns of up to 1,024, and perhaps channels, 1 or 3, such as [28, 28].");
        }
        int size = Shape.Aggregate((product, extent) => product * extent);
        if (labels.Length < 2 || pixels.LongLength != (long)size * labels.Length)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"data: found {pixels.Length:N0} bytes and {labels.Length:N0} labels, expected at least 2 images of {size:N0} bytes and a label for each."));
        }
        int classes = ClassNames?.Length ?? ClassCount;
        if (Array.Find(labels, label => label < 0 || label >= classes) is int stray && (stray < 0 || stray >= classes))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"data.labels: found {stray}, expected 0 to {classes - 1}."));
        }
        DataSet all = DataSet.FromImages(pixels, Shape is [int height, int width, 1] ? [height, width] : Nabla.Shape.Create(Shape), labels, classes, ClassNames);
        return new DataParts(all, null, null, string.Create(CultureInfo.InvariantCulture, $"{labels.Length:N0} images of one's own")).SetTestAside();
    }

    private TrainAndTest File()
    {
        string name = Path.GetFileName(Name ?? throw Missing(nameof(Name)));
        byte[] content = Content ?? throw Missing(nameof(Content));
        // Readers take files: so there is one for as long as it is read.
        string folder = Directory.CreateTempSubdirectory("nabla-").FullName, path = Path.Combine(folder, name.Length == 0 ? "data" : name);
        try
        {
            System.IO.File.WriteAllBytes(path, content);
            return (DataFiles.Load(path) with { Source = name }).SetTestAside();
        }
        catch (Exception exception) when (exception is MalformedFileException or IOException)
        {
            throw new ArgumentException(exception.Message.Replace(path, name, StringComparison.Ordinal), exception);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private ArgumentException Missing(string member) => new($"data: found no {JsonNamingPolicy.CamelCase.ConvertName(member)}, which data of kind '{Kind}' needs.");
}
