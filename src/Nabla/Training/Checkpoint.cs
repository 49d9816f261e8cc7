using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nabla.IO;

namespace Nabla;

/// <summary>
/// All that a training needs to go on as if it had never ended: as a safetensors file of the vectors that it keeps, with the rest as a JSON document in
/// the metadata and a checksum over both.
/// </summary>
internal sealed class Checkpoint
{
    private const string DocumentKey = "nabla-checkpoint";
    private const string ChecksumKey = "sha256";

    private readonly Dictionary<string, SafeTensor> _tensors = [];

    /// <summary>Everything but the vectors.</summary>
    public required CheckpointDocument Document { get; init; }

    /// <summary>Puts a vector in.</summary>
    public void Add(string name, ReadOnlySpan<float> values) => _tensors.Add(name, new SafeTensor(name, [values.Length], values.ToArray()));

    /// <summary>Puts whole numbers in.</summary>
    public void Add(string name, ReadOnlySpan<int> values) => _tensors.Add(name, new SafeTensor(name, [values.Length], MemoryMarshal.Cast<int, float>(values).ToArray()) { IsInteger = true });

    /// <summary>Takes a vector out.</summary>
    /// <exception cref="MalformedFileException">It is not there or has another length.</exception>
    public void CopyTo(string name, Span<float> destination) => Find(name, isInteger: false, destination.Length).Span.CopyTo(destination);

    /// <summary>Takes whole numbers out.</summary>
    /// <exception cref="MalformedFileException">They are not there, or there are more or fewer.</exception>
    public void CopyTo(string name, Span<int> destination) => MemoryMarshal.Cast<float, int>(Find(name, isInteger: true, destination.Length).Span).CopyTo(destination);

    /// <summary>Where it was read from.</summary>
    public string Path { get; private init; } = "";

    /// <summary>Writes it, all at once: a checkpoint that was there before stays until the new one is complete.</summary>
    public void Save(string path)
    {
        string json = JsonSerializer.Serialize(Document, DocumentJson.TypeOf<CheckpointDocument>());
        List<SafeTensor> tensors = [.. _tensors.Values];
        Dictionary<string, string> metadata = new() { [DocumentKey] = json, [ChecksumKey] = Checksum(json, tensors) };
        AtomicFile.Write(path, stream => SafeTensorsFile.Write(stream, metadata, tensors));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="MalformedFileException">It is damaged, or no checkpoint.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Checkpoint Load(string path)
    {
        using FileStream stream = InputFile.Open(path);
        return Load(stream, path);
    }

    /// <summary>The same where the first process alone reads the file.</summary>
    /// <exception cref="ArgumentException">The first process could not read it; there it is the exception that says why.</exception>
    public static Checkpoint Load(string path, ICommunicator communicator) =>
        communicator.Size == 1 ? Load(path) : Load(new MemoryStream(communicator.FromFirst(() => ReadAll(path))), path);

    private static byte[] ReadAll(string path)
    {
        using FileStream stream = InputFile.Open(path);
        byte[] contents = new byte[stream.Length];
        stream.ReadExactly(contents);
        return contents;
    }

    private static Checkpoint Load(Stream stream, string path)
    {
        (Dictionary<string, string> metadata, List<SafeTensor> tensors) = SafeTensorsFile.Read(stream, path, SafeTensorTypes.FloatsAndIntegers);
        if (!metadata.TryGetValue(DocumentKey, out string? json) || !metadata.TryGetValue(ChecksumKey, out string? checksum))
        {
            throw new MalformedFileException(path, $"found no '{DocumentKey}' in the metadata, expected a checkpoint of a training; a model is no checkpoint.");
        }
        if (checksum != Checksum(json, tensors))
        {
            throw new MalformedFileException(path, "found contents that do not match their checksum; the file is damaged: begin the training anew.");
        }
        try
        {
            Checkpoint checkpoint = new() { Document = JsonSerializer.Deserialize(json, DocumentJson.TypeOf<CheckpointDocument>()) ?? throw new JsonException("null"), Path = path };
            tensors.ForEach(tensor => checkpoint._tensors.Add(tensor.Name, tensor));
            return checkpoint;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException)
        {
            throw new MalformedFileException(path, "the description of the training in the metadata cannot be read; it was written by another version of Nabla: begin the training anew.", -1, exception);
        }
    }

    /// <summary>Says in what a training differs from the one that the checkpoint is of.</summary>
    /// <param name="training">The training that would go on.</param>
    /// <exception cref="ArgumentException">It is another.</exception>
    public void ThrowUnlessOf(TrainingIdentity training)
    {
        JsonObject own = Members(Document.Training), other = Members(training);
        foreach (string name in own.Select(member => member.Key).Union(other.Select(member => member.Key)))
        {
            if (!JsonNode.DeepEquals(own[name], other[name]))
            {
                throw new ArgumentException($"{Path} is a checkpoint of another training: {Difference(name, own[name], other[name])}; go on with the same network, options and data, or begin anew.");
            }
        }
        if (Document.PlanVersion != ExecutionPlan.Version)
        {
            throw new ArgumentException($"{Path} was made by a version of Nabla that computes other bits ({Document.PlanVersion}, expected {ExecutionPlan.Version}); begin the training anew.");
        }
    }

    /// <summary>The first member that differs, down to a single value: <c>options.batchSize was 64, is 100</c>.</summary>
    private static string Difference(string name, JsonNode? own, JsonNode? other)
    {
        if (own is JsonObject owns && other is JsonObject others)
        {
            string inner = owns.Select(member => member.Key).Union(others.Select(member => member.Key)).First(key => !JsonNode.DeepEquals(owns[key], others[key]));
            return Difference($"{name}.{inner}", owns[inner], others[inner]);
        }
        return own is JsonArray or JsonObject || other is JsonArray or JsonObject
            ? $"its {name} are others"
            : $"{name} was {own?.ToJsonString() ?? "not set"}, is {other?.ToJsonString() ?? "not set"}";
    }

    private static JsonObject Members(TrainingIdentity training) => JsonSerializer.SerializeToNode(training, DocumentJson.TypeOf<TrainingIdentity>())!.AsObject();

    private Memory<float> Find(string name, bool isInteger, int length) => _tensors.TryGetValue(name, out SafeTensor? tensor) && tensor.IsInteger == isInteger && tensor.Values.Length == length
        ? MemoryMarshal.AsMemory(tensor.Values)
        : throw new MalformedFileException(Path, string.Create(CultureInfo.InvariantCulture, $"found {(tensor is null ? "no" : $"{tensor.Values.Length}")} numbers '{name}', expected {length}; begin the training anew."));

    private static string Checksum(string json, List<SafeTensor> tensors)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(json));
        foreach (SafeTensor tensor in tensors)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(tensor.Name));
            hash.AppendData(SafeTensorsFile.ToLittleEndian(tensor.Values.Span));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>What makes a training the one that it is; two of the same train the same bits.</summary>
internal sealed record TrainingIdentity
{
    public required int[] Input { get; init; }

    public required LayerSpec[] Layers { get; init; }

    public required Preprocessing Preprocessing { get; init; }

    public required Loss Loss { get; init; }

    public required Optimizer Optimizer { get; init; }

    public required TrainingOptions Options { get; init; }

    public required string[] Callbacks { get; init; }

    public required string[] GradientTransforms { get; init; }

    /// <summary>Number of samples to learn from, and a hash of them.</summary>
    public required string Data { get; init; }
}

/// <summary>A checkpoint without its vectors.</summary>
internal sealed record CheckpointDocument
{
    public required int PlanVersion { get; init; }

    public required TrainingIdentity Training { get; init; }

    /// <summary>The finished epochs.</summary>
    public required EpochResult[] Epochs { get; init; }

    /// <summary>Whose weights are the best so far; 0 for none.</summary>
    [JsonRequired]
    public int BestEpoch { get; init; }

    /// <summary>The epoch under way, or the last one where it is finished.</summary>
    [JsonRequired]
    public int Epoch { get; init; }

    [JsonRequired]
    public bool EpochIsFinished { get; init; }

    /// <summary>Steps done in it.</summary>
    [JsonRequired]
    public int Step { get; init; }

    [JsonRequired]
    public int SamplesDone { get; init; }

    [JsonRequired]
    public double LossSum { get; init; }

    [JsonRequired]
    public int Correct { get; init; }

    [JsonRequired]
    public bool IsStopped { get; init; }

    [JsonRequired]
    public double LearningRateFactor { get; init; }

    [JsonRequired]
    public long OptimizerSteps { get; init; }

    [JsonRequired]
    public long AveragedSteps { get; init; }

    public double? SpareNormal { get; init; }

    /// <summary>What callbacks have to remember, one after the other.</summary>
    public required JsonNode?[] CallbackStates { get; init; }
}
