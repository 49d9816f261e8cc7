using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Nabla.IO;

namespace Nabla;

// Networks as safetensors files: one tensor per parameter under its name, of 32- or 16-bit floats, and in the metadata under "nabla" a JSON document with
// layers, preprocessing, loss and how the network was trained, under "sha256" a checksum (an empty text where there is none).
public sealed partial class Network
{
    private const string DocumentKey = "nabla";
    private const string ChecksumKey = "sha256";

    /// <summary>Writes the network to a file, all at once: a file that was there before stays until the new one is complete.</summary>
    /// <param name="path">Usually ending in <c>.safetensors</c>; its folder must exist.</param>
    /// <param name="halfPrecision">
    /// Whether parameters are written as the nearest 16-bit floats, which have 11 significant bits: half as many bytes. The network itself keeps its own; what is loaded has the rounded ones. Buffers stay 32-bit floats.
    /// </param>
    /// <exception cref="InvalidOperationException">The network has no weights yet, or weights that are infinite, not a number, or too large for half precision.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Save(string path, bool halfPrecision = false)
    {
        ThrowUnlessSavable(halfPrecision);
        AtomicFile.Write(path, stream => Write(stream, halfPrecision));
    }

    /// <summary>Writes the network to a stream, as <see cref="Save(string, bool)"/> does to a file.</summary>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="halfPrecision">Whether parameters are written as the nearest 16-bit floats.</param>
    /// <exception cref="InvalidOperationException">The network has no weights yet, or weights that are infinite, not a number, or too large for half precision.</exception>
    public void Save(Stream stream, bool halfPrecision = false)
    {
        ThrowUnlessSavable(halfPrecision);
        Write(stream, halfPrecision);
    }

    /// <summary>What a model file says of the network beside its numbers, as indented JSON: input, layers, preprocessing, loss, names of classes, and how it was trained.</summary>
    public string ToJson() => JsonSerializer.Serialize(Describe(), (JsonTypeInfo<ModelDocument>)DocumentJson.Indented.GetTypeInfo(typeof(ModelDocument)));

    private void Write(Stream stream, bool halfPrecision)
    {
        float[] parameters = Parameters.ToArray(), buffers = Buffers.ToArray();
        if (halfPrecision)
        {
            for (int i = 0; i < parameters.Length; i++)
            {
                parameters[i] = (float)(Half)parameters[i];
            }
        }
        string document = JsonSerializer.Serialize(Describe(), DocumentJson.TypeOf<ModelDocument>());
        Dictionary<string, string> metadata = new()
        {
            [DocumentKey] = document,
            [ChecksumKey] = Checksum(document, parameters, buffers),
        };
        List<SafeTensor> tensors =
        [
            .. from parameter in ParametersOf(Layers)
               select new SafeTensor(parameter.Name, [.. parameter.Shape], parameters.AsMemory(parameter.Offset, parameter.Shape.Size)) { IsHalf = halfPrecision },
            .. from buffer in BuffersOf(Layers)
               select new SafeTensor(buffer.Name, [.. buffer.Shape], buffers.AsMemory(buffer.Offset, buffer.Shape.Size)),
        ];
        SafeTensorsFile.Write(stream, metadata, tensors);
    }

    /// <summary>Reads a network from a file that <see cref="Save(string, bool)"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="MalformedFileException">The file is damaged or not a model of this library.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Network Load(string path)
    {
        using FileStream stream = InputFile.Open(path);
        return Load(stream, path);
    }

    /// <summary>Reads a network from a stream, to its end: where there are no files, or from a resource of the program.</summary>
    /// <param name="stream">What <see cref="Save(Stream, bool)"/> or <see cref="Save(string, bool)"/> wrote, from its present place on; it stays open.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="MalformedFileException">It is damaged or not a model of this library.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Network Load(Stream stream, string name = "the stream")
    {
        (Dictionary<string, string> metadata, List<SafeTensor> tensors) = SafeTensorsFile.Read(stream, name);
        if (!metadata.TryGetValue(DocumentKey, out string? json))
        {
            throw new MalformedFileException(name, $"found no '{DocumentKey}' in the metadata, expected a model saved by Nabla; other safetensors files do not say what their network looks like.");
        }
        // Required, so that damage to its name does not switch it off.
        if (!metadata.TryGetValue(ChecksumKey, out string? checksum))
        {
            throw new MalformedFileException(name, $"found no '{ChecksumKey}' in the metadata, expected the checksum of its contents, or an empty text where they were edited on purpose.");
        }
        (ModelDocument document, LayerGraph graph) = Parse(name, json);

        // Checked before a network of that size is allocated.
        List<Parameter> parameters = ParametersOf(graph.Layers);
        List<LayerBuffer> buffers = BuffersOf(graph.Layers);
        if (tensors.Count != parameters.Count + buffers.Count)
        {
            throw new MalformedFileException(name, $"found {tensors.Count} tensors, expected the {parameters.Count + buffers.Count} of the network it describes.");
        }
        Dictionary<string, SafeTensor> byName = tensors.ToDictionary(tensor => tensor.Name);
        parameters.ForEach(parameter => Check(parameter.Name, parameter.Shape, parameter.ToString()));
        buffers.ForEach(buffer => Check(buffer.Name, buffer.Shape, buffer.ToString()));

        Network loaded = new(graph) { Preprocessing = IsOfDigits(document) ? document.Preprocessing.OfDigits() : document.Preprocessing, Loss = document.Loss, ClassNames = document.ClassNames, Schema = document.Schema, Training = document.Training, Temperature = document.Temperature ?? 1 };
        parameters.ForEach(parameter => byName[parameter.Name].Values.Span.CopyTo(parameter.Of(loaded.Parameters)));
        buffers.ForEach(buffer => byName[buffer.Name].Values.Span.CopyTo(buffer.Of(loaded.Buffers)));
        if (loaded.FirstNotFinite() is string place)
        {
            throw new MalformedFileException(name, $"has {place}, expected finite numbers; the training that made it has failed, or the file is damaged.");
        }
        loaded.MarkInitialized();
        if (checksum.Length > 0 && checksum != Checksum(json, loaded.Parameters, loaded.Buffers))
        {
            throw new MalformedFileException(
                name, $"found contents that do not match their checksum; the file is damaged: take another copy (if it was edited on purpose, make '{ChecksumKey}' in its metadata an empty text).");
        }
        return loaded;

        void Check(string tensorName, Shape shape, string expected)
        {
            if (!byName.TryGetValue(tensorName, out SafeTensor? tensor))
            {
                throw new MalformedFileException(name, $"found no tensor '{tensorName}', expected {expected}.");
            }
            if (!tensor.Extents.SequenceEqual(shape))
            {
                throw new MalformedFileException(name, $"found tensor '{tensorName}' of shape [{string.Join(", ", tensor.Extents)}], expected {expected}.");
            }
        }
    }

    private void ThrowUnlessSavable(bool halfPrecision)
    {
        ThrowUnlessReady(InputShape.Size, "values");
        if (FirstNotFinite() is string place)
        {
            throw new InvalidOperationException($"The network has {place}, and could not be used once it is loaded; train it again at a smaller learning rate.");
        }
        if (halfPrecision && FirstParameter(value => Half.IsInfinity((Half)value)) is string large)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"The network has {large}, too large for half precision, which ends at {(float)Half.MaxValue:N0}; save it with 32-bit floats."));
        }
        foreach (Layer layer in Layers)
        {
            ThrowUnlessRegistered(Kinds.Layers, layer.Spec, layer.Name);
            foreach (Parameter parameter in layer.Parameters)
            {
                ThrowUnlessRegistered(Kinds.Initializers, parameter.Initializer, parameter.Name);
            }
        }
        ThrowUnlessRegistered(Kinds.Losses, Loss, "the loss");
        ThrowUnlessRegistered(Kinds.Optimizers, Training?.Optimizer, "the optimiser of its training");
        ThrowUnlessRegistered(Kinds.Schedules, Training?.Options.Schedule, "the schedule of its training");
    }

    private static void ThrowUnlessRegistered(Kinds kinds, object? value, string place)
    {
        if (value is not null && kinds.Find(value.GetType()) is null)
        {
            throw new InvalidOperationException(
                $"The network cannot be saved: {place} is a {value.GetType().Name}, a kind of {kinds.Sort} that has no name in files; call {kinds.HowToRegister} for it once, when the program starts.");
        }
    }

    private static List<Parameter> ParametersOf(IReadOnlyList<Layer> layers) => [.. layers.SelectMany(layer => layer.Parameters)];

    private static List<LayerBuffer> BuffersOf(IReadOnlyList<Layer> layers) => [.. layers.SelectMany(layer => layer.Buffers)];

    /// <summary>What and where the first parameter, or number in a buffer, is that is infinite or not a number; null where there is none.</summary>
    private string? FirstNotFinite() =>
        FirstParameter(value => !float.IsFinite(value))
            ?? BuffersOf(Layers).Select(buffer => First(buffer.Name, buffer.Of(Buffers), value => !float.IsFinite(value))).FirstOrDefault(place => place is not null);

    /// <summary>What and where the first such parameter is; null where there is none.</summary>
    private string? FirstParameter(Predicate<float> isSuch) =>
        ParametersOf(Layers).Select(parameter => First(parameter.Name, parameter.Of(Parameters), isSuch)).FirstOrDefault(place => place is not null);

    private static string? First(string name, ReadOnlySpan<float> values, Predicate<float> isSuch)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (isSuch(values[i]))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{values[i]} as number {i} of {name}");
            }
        }
        return null;
    }

    private ModelDocument Describe() => new()
    {
        Format = ModelDocument.CurrentFormat,
        Input = [.. InputShape],
        Layers = [.. Graph.Specs],
        Preprocessing = Preprocessing,
        Loss = Loss,
        ClassNames = ClassNames?.ToArray(),
        Schema = Schema,
        Temperature = Temperature == 1 ? null : Temperature,
        Training = Training,
    };

    /// <summary>Whether it was trained on MNIST or built-in digits, by a version that did not say what these are like.</summary>
    private static bool IsOfDigits(ModelDocument document) =>
        document is { Preprocessing: { Values: null, InkOnPaper: null }, Training.Data: string data }
        && (data.StartsWith("MNIST", StringComparison.Ordinal) || data.StartsWith("built-in digits", StringComparison.Ordinal));

    private static (ModelDocument Document, LayerGraph Graph) Parse(string path, string json)
    {
        try
        {
            using (JsonDocument any = JsonDocument.Parse(json))
            {
                // Before all else: a later version may well have members that this one does not know.
                int format = any.RootElement.GetProperty("format").GetInt32();
                if (format != ModelDocument.CurrentFormat)
                {
                    throw new MalformedFileException(path, $"found model format {format}, expected {ModelDocument.CurrentFormat}; it was saved by another version of Nabla.");
                }
            }
            ModelDocument document = JsonSerializer.Deserialize(json, DocumentJson.TypeOf<ModelDocument>())
                ?? throw new JsonException("null");
            Shape input = Shape.Create(document.Input);
            document.Preprocessing.ThrowUnlessFits(input);
            if (document.Temperature is double temperature && !(temperature > 0 && double.IsFinite(temperature)))
            {
                throw new JsonException(null, "$.temperature", null, null);
            }
            document.Schema?.ThrowUnlessFits(input);
            LayerGraph graph = BuildFrom(path, input, document.Layers);
            if (document.ClassNames is not null)
            {
                Nabla.ClassNames.Check(document.ClassNames, graph.Layers[^1].OutputShape.Size);
            }
            return (document, graph);
        }
        // What the JSON reader throws for a document that is broken or of other types, and what our own checks throw for
        // values that are out of range.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException
            or ArgumentException or OverflowException or NotSupportedException
            or FormatException and not MalformedFileException)
        {
            if (exception is JsonException && UnknownKind(json) is string unknown)
            {
                throw new MalformedFileException(path, unknown, -1, exception);
            }
            // The JSON reader's own words are about .NET's types.
            string reason = exception is JsonException broken ? broken.Path is { Length: > 1 } place ? $"at {place[2..]}" : "it is no JSON" : MalformedFileException.ReasonOf(exception);
            throw new MalformedFileException(path, $"the description of the network in the metadata cannot be read ({reason}); the file is damaged.", -1, exception);
        }
    }

    private static LayerGraph BuildFrom(string path, Shape input, LayerSpec[] specs)
    {
        try
        {
            return Build(input, specs);
        }
        catch (ArgumentException exception)
        {
            throw new MalformedFileException(path, $"describes a network that cannot be made: {MalformedFileException.ReasonOf(exception)}", -1, exception);
        }
    }

    /// <summary>What to do where a document names a kind that this program does not know; null where it names none.</summary>
    private static string? UnknownKind(string json)
    {
        JsonNode? document;
        try
        {
            document = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
        return DocumentJson.FirstUnknownKind(document, typeof(ModelDocument)) is (Kinds kinds, string name)
            ? $"has the {kinds.Sort} '{name}', which is none of {string.Join(", ", kinds.Registered.Select(kind => kind.Name))}; if it is a program's own, that program makes it known by {kinds.HowToRegister} before it loads the model."
            : null;
    }

    /// <summary>SHA-256 over the document and the file's numbers, as 32-bit floats.</summary>
    private static string Checksum(string document, ReadOnlySpan<float> parameters, ReadOnlySpan<float> buffers)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(document));
        hash.AppendData(SafeTensorsFile.ToLittleEndian(parameters));
        hash.AppendData(SafeTensorsFile.ToLittleEndian(buffers));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
