using System.Runtime.InteropServices;
using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Page;

/// <summary>What the page's worker calls. Answers are JSON; pictures and activations in it are base64, as bytes and as little-endian floats.</summary>
[SupportedOSPlatform("browser")]
internal static partial class Engine
{
    private static readonly Dictionary<string, PageModel> Models = new(StringComparer.Ordinal);

    /// <summary>Called by the runtime, when all is loaded.</summary>
    private static void Main() => Add("digits-small", Digits.LoadSmall());

    /// <summary>The networks that can be asked, in the order in which they came.</summary>
    [JSExport]
    internal static string ListModels() => JsonSerializer.Serialize(
        [.. Models.Select(entry => ModelSummary.Of(entry.Key, entry.Value.Network))], PageJson.Default.ModelSummaryArray);

    /// <summary>Takes a model file that the page has fetched, or that somebody has dropped on it.</summary>
    /// <param name="name">Its name from now on.</param>
    /// <param name="file">A safetensors file that Nabla has saved.</param>
    [JSExport]
    internal static void AddModel(string name, byte[] file) => Add(name, Network.Load(new MemoryStream(file), name));

    /// <summary>Reads what was drawn.</summary>
    /// <param name="model">One of the models.</param>
    /// <param name="ink">Grey levels, 0 for paper to 255 for full ink, row by row.</param>
    /// <param name="width">Pixels of a row.</param>
    [JSExport]
    internal static string ReadDrawing(string model, byte[] ink, int width)
    {
        List<ReadingStep> steps = [];
        return Answer(Models[model].Reader.ReadDrawn(ink, width, steps), steps);
    }

    /// <summary>Reads the digit of a picture, in which the ink has to be found first.</summary>
    /// <param name="model">One of the models.</param>
    /// <param name="colours">Red, green, blue and opacity of each pixel, row by row.</param>
    /// <param name="width">Pixels of a row.</param>
    [JSExport]
    internal static string ReadPicture(string model, byte[] colours, int width)
    {
        List<ReadingStep> steps = [];
        return Answer(Models[model].Reader.Read(new Picture(colours, width, colours.Length / width / Picture.Channels), steps), steps);
    }

    /// <summary>What each layer puts out for an image, and what each of its pixels adds to the best guess.</summary>
    /// <param name="model">One of the models.</param>
    /// <param name="pixels">28×28 levels as they were read.</param>
    [JSExport]
    internal static string Inspect(string model, byte[] pixels)
    {
        (Network network, Inspection inspection) = (Models[model].Network, Models[model].Inspection);
        inspection.Look(pixels);
        int label = BestGuess(network, inspection);
        LayerAnswer[] layers = [.. network.Layers.Select((layer, i) => new LayerAnswer(layer.Name, layer.ToString()!, [.. layer.OutputShape], [.. network.InputsOf(i)], LayerWeights.ParameterOf(layer) is not null, Bytes(inspection.OutputOf(i))))];
        return JsonSerializer.Serialize(new InspectionAnswer(label, layers, Bytes(inspection.InputContributions(label))), PageJson.Default.InspectionAnswer);
    }

    /// <summary>What a unit of a layer with weights reads of an image, and its weights.</summary>
    /// <param name="model">One of the models.</param>
    /// <param name="pixels">28×28 levels as they were read.</param>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="unit">Index of the unit or channel.</param>
    [JSExport]
    internal static string InspectUnit(string model, byte[] pixels, int layer, int unit)
    {
        Inspection inspection = Models[model].Inspection;
        inspection.Look(pixels);
        ReceptiveField field = inspection.ReceptiveFieldOf(layer, unit)!;
        return JsonSerializer.Serialize(new UnitAnswer(field.Row, field.Column, field.Height, field.Width, field.Channels, Bytes(field.Weights), Bytes(field.Values)), PageJson.Default.UnitAnswer);
    }

    /// <summary>How much less the best guess has where part of an image is covered: little-endian floats, one a pixel.</summary>
    /// <param name="model">One of the models.</param>
    /// <param name="pixels">28×28 levels as they were read.</param>
    [JSExport]
    internal static byte[] Occlude(string model, byte[] pixels)
    {
        (Network network, Inspection inspection) = (Models[model].Network, Models[model].Inspection);
        inspection.Look(pixels);
        return Bytes(inspection.Occlusion(BestGuess(network, inspection)));
    }

    /// <summary>The scores of images: little-endian floats, ten an image.</summary>
    /// <param name="model">One of the models.</param>
    /// <param name="pixels">28×28 levels, image after image.</param>
    [JSExport]
    internal static byte[] Score(string model, byte[] pixels) => Score(Models[model].Network, pixels);

    private static byte[] Score(Network network, byte[] pixels) => Bytes(network.Score(new ByteFeatures(pixels, network.InputShape)));

    private static string Answer(DigitReading reading, List<ReadingStep> steps) => JsonSerializer.Serialize(
        new ReadingAnswer(
            JsonNamingPolicy.CamelCase.ConvertName($"{reading.Verdict}"), reading.Prediction?.Label, [.. reading.Scores], reading.Digitness, reading.Found?.Pixels,
            [.. steps.Select(step => new StepAnswer(step.Name, step.Picture.Width, step.Picture.Height, step.Picture.ToGrey()))]),
        PageJson.Default.ReadingAnswer);

    private static int BestGuess(Network network, Inspection inspection) => Prediction.FromScores(inspection.OutputOf(network.Layers.Count - 1)).Label;

    private static void Add(string name, Network network) => Models[name] = new PageModel(network);

    private static byte[] Bytes(ReadOnlySpan<float> values) => MemoryMarshal.AsBytes(values).ToArray();

    /// <summary>A network and what looks at it, made when first asked for.</summary>
    private sealed class PageModel
    {
        private DigitReader? _reader;
        private Inspection? _inspection;

        public PageModel(Network network) => (Original, Network) = (network, network.FoldBatchNormalization());

        /// <summary>As it was trained.</summary>
        public Network Original { get; }

        /// <summary>For asking.</summary>
        public Network Network { get; }

        public DigitReader Reader => _reader ??= new DigitReader(Network);

        public Inspection Inspection => _inspection ??= new Inspection(Network);
    }
}

internal sealed record ModelSummary(string Name, int Parameters, double? Accuracy, bool ReadsDrawings, IReadOnlyList<string>? ClassNames)
{
    public static ModelSummary Of(string name, Network network) =>
        new(name, network.Parameters.Length, network.Training?.TestAccuracy, DigitReader.CanRead(network.InputShape), network.ClassNames);
}

internal sealed record ReadingAnswer(string Verdict, int? Label, float[] Scores, float? Digitness, byte[]? Pixels, StepAnswer[] Steps);

internal sealed record StepAnswer(string Name, int Width, int Height, byte[] Pixels);

internal sealed record InspectionAnswer(int Label, LayerAnswer[] Layers, byte[] Contributions);

internal sealed record LayerAnswer(string Name, string Description, int[] Shape, int[] Inputs, bool HasWeights, byte[] Values);

internal sealed record UnitAnswer(int Row, int Column, int Height, int Width, int Channels, byte[] Weights, byte[] Values);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ModelSummary[]))]
[JsonSerializable(typeof(ReadingAnswer))]
[JsonSerializable(typeof(InspectionAnswer))]
[JsonSerializable(typeof(UnitAnswer))]
[JsonSerializable(typeof(BreakableLayerAnswer[]))]
[JsonSerializable(typeof(RecipeSummary[]))]
internal sealed partial class PageJson : JsonSerializerContext;
