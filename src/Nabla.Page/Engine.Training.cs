using System.Runtime.InteropServices.JavaScript;
using System.Text;
using System.Text.Json;
using Nabla.Live;

namespace Nabla.Page;

/// <summary>Trainings: one at a time, in a worker of their own.</summary>
internal static partial class Engine
{
    private static LiveTraining? _training;
    private static byte[] _trained = [];

    /// <summary>The recipes that come with the library.</summary>
    [JSExport]
    internal static string ListRecipes() => JsonSerializer.Serialize(
        [.. RecipeBook.Names.Select(RecipeBook.Get).Select(recipe => new RecipeSummary(recipe.Name, recipe.Description, RecipeBook.GetJson(recipe.Name)))], PageJson.Default.RecipeSummaryArray);

    /// <summary>What is wrong with a recipe, in a sentence; empty where nothing is.</summary>
    /// <param name="json">The recipe.</param>
    [JSExport]
    internal static string CheckRecipe(string json)
    {
        try
        {
            Recipe.Parse(json, "recipe").CreateNetwork();
            return "";
        }
        catch (Exception exception) when (exception is MalformedFileException or ArgumentException)
        {
            return exception.Message;
        }
    }

    /// <summary>Trains.</summary>
    /// <param name="request">A <see cref="TrainingRequest"/>.</param>
    /// <param name="drawing">28×28 levels whose scores are told, too; empty for none.</param>
    /// <param name="tell">Called with each <see cref="TrainingEvent"/>.</param>
    [JSExport]
    internal static async Task Train(string request, byte[] drawing, [JSMarshalAs<JSType.Function<JSType.String>>] Action<string> tell)
    {
        LiveTraining training = _training = new LiveTraining(TrainingRequest.Parse(Encoding.UTF8.GetBytes(request))) { SharesThread = true };
        Watch(drawing);
        training.Happened += happened => tell(happened.ToJson());
        Network? network = await training.RunAsync().ConfigureAwait(true);
        using MemoryStream file = new();
        network?.Save(file);
        _trained = file.ToArray();
    }

    /// <summary>The file of the network that was trained last; empty where there is none.</summary>
    [JSExport]
    internal static byte[] Trained() => _trained;

    /// <summary>Pauses, goes on, takes a single step or stops.</summary>
    /// <param name="command">In a word.</param>
    [JSExport]
    internal static void Command(string command)
    {
        Action? act = command switch
        {
            "pause" => _training!.Pause,
            "resume" => _training!.Resume,
            "step" => _training!.Step,
            "stop" => _training!.Stop,
            _ => throw new ArgumentException($"Found '{command}', expected pause, resume, step or stop."),
        };
        act();
    }

    /// <summary>Waits after each step, to be watched.</summary>
    [JSExport]
    internal static void Slow(int milliseconds) => _training!.Delay = TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>Tells the scores of this drawing from now on; of an empty one nothing.</summary>
    [JSExport]
    internal static void Watch(byte[] drawing) => _training!.Drawing = drawing.Length == 0 ? null : drawing;

    /// <summary>The file of a model, for downloading.</summary>
    [JSExport]
    internal static byte[] ModelFile(string model)
    {
        using MemoryStream file = new();
        Models[model].Original.Save(file);
        return file.ToArray();
    }

    /// <summary>The same as ONNX.</summary>
    [JSExport]
    internal static byte[] ExportOnnx(string model)
    {
        using MemoryStream file = new();
        Models[model].Original.ExportOnnx(file);
        return file.ToArray();
    }
}

internal sealed record RecipeSummary(string Name, string Description, string Json);
