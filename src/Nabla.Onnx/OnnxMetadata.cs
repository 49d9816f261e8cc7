using System.Text.Json;
using Google.Protobuf.Collections;
using Nabla.Onnx.Format;

namespace Nabla.Onnx;

/// <summary>What an ONNX model tells of a network beside its graph: JSON under names that begin with <c>nabla.</c>, as in the network's own file; a name that it lacks stands for nothing.</summary>
internal static class OnnxMetadata
{
    private const string ClassNames = "class_names";
    private const string Preprocessing = "nabla.preprocessing";
    private const string Loss = "nabla.loss";
    private const string Temperature = "nabla.temperature";
    private const string Schema = "nabla.schema";
    private const string Training = "nabla.training";
    private const string Input = "nabla.input";

    public static void Write(Network network, OnnxInput input, RepeatedField<StringStringEntryProto> metadata)
    {
        metadata.Add(new StringStringEntryProto { Key = Input, Value = input.ToString() });
        Add(ClassNames, network.ClassNames?.ToArray());
        Add(Preprocessing, network.Preprocessing);
        Add(Loss, network.Loss);
        Add(Temperature, network.Temperature == 1 ? null : (double?)network.Temperature);
        Add(Schema, network.Schema);
        Add(Training, network.Training);

        void Add<T>(string key, T? value)
        {
            if (value is not null)
            {
                metadata.Add(new StringStringEntryProto { Key = key, Value = JsonSerializer.Serialize(value, DocumentJson.TypeOf<T>()) });
            }
        }
    }

    /// <summary>What a model takes that Nabla wrote; null for one of another tool.</summary>
    public static OnnxInput? InputOf(IEnumerable<StringStringEntryProto> metadata) =>
        Enum.TryParse(metadata.FirstOrDefault(entry => entry.Key == Input)?.Value, out OnnxInput input) && Enum.IsDefined(input) ? input : null;

    /// <summary>Gives a network what the metadata of its model tells; its preprocessing only where the graph has none.</summary>
    /// <param name="path">What errors call the model.</param>
    /// <param name="metadata">The metadata.</param>
    /// <param name="network">The network; what its graph told stays.</param>
    /// <exception cref="MalformedFileException">An entry is not what its name promises, or does not fit the network.</exception>
    public static void Read(string path, IEnumerable<StringStringEntryProto> metadata, Network network)
    {
        foreach (StringStringEntryProto entry in metadata)
        {
            try
            {
                switch (entry.Key)
                {
                    case ClassNames: network.ClassNames = Parse<string[]>(entry.Value); break;
                    case Preprocessing: network.Preprocessing = Merge(network.Preprocessing, Parse<Preprocessing>(entry.Value)); break;
                    case Loss: network.Loss ??= Parse<Loss>(entry.Value); break;
                    // A graph has it as a float.
                    case Temperature when Parse<double?>(entry.Value) is double told && (network.Temperature == 1 || network.Temperature == (float)told): network.Temperature = told; break;
                    case Schema: network.Schema = Parse<TableSchema>(entry.Value); break;
                    case Training: network.Training = Parse<TrainingRecord>(entry.Value); break;
                }
            }
            catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException or NotSupportedException or OverflowException)
            {
                string reason = exception is JsonException ? "it is not the JSON that Nabla writes there" : MalformedFileException.ReasonOf(exception);
                throw new MalformedFileException(path, $"the metadata '{entry.Key}' cannot be read ({reason}); take it out, or take another copy of the file.", -1, exception);
            }
        }
    }

    /// <summary>What the metadata says, where the graph does the same or leaves it to others; else what the graph does.</summary>
    private static Preprocessing Merge(Preprocessing ofGraph, Preprocessing? told) =>
        told is not null && (ofGraph.Equals(new Preprocessing()) || (Equals(ofGraph.Standardization, told.Standardization) && (ofGraph.ByteDivisor == told.ByteDivisor || ofGraph.FloatDivisor == told.FloatDivisor)))
            ? told
            : ofGraph;

    private static T? Parse<T>(string json) => JsonSerializer.Deserialize(json, DocumentJson.TypeOf<T>());
}
