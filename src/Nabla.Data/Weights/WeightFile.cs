using System.Text.RegularExpressions;
using Nabla.IO;

namespace Nabla;

/// <summary>Tensors by name, from a safetensors file or an npz archive of any tool.</summary>
internal sealed partial class WeightFile
{
    // What other tools' layers keep that no prediction needs.
    private static readonly string[] Ignored = ["num_batches_tracked", "seed_generator_state"];

    private readonly Dictionary<string, SafeTensor> _tensors;

    private WeightFile(string path, IEnumerable<SafeTensor> tensors) =>
        (Path, _tensors) = (path, tensors.Where(tensor => !Ignored.Contains(LeafOf(tensor.Name))).ToDictionary(tensor => tensor.Name));

    /// <summary>What errors call it.</summary>
    public string Path { get; }

    /// <summary>Names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>What stands before the last dot or slash of the names, such as a layer's name, in the order in which people count: <c>conv2</c> before <c>conv10</c>.</summary>
    public IReadOnlyList<string> Groups => [.. Names.Select(GroupOf).Distinct().OrderBy(name => Number().Replace(name, match => match.Value.PadLeft(12, '0')), StringComparer.Ordinal)];

    /// <summary>The tensor of a name; null where there is none.</summary>
    public SafeTensor? this[string name] => _tensors.GetValueOrDefault(name);

    /// <exception cref="MalformedFileException">It is damaged, or neither of the two.</exception>
    public static WeightFile Read(string path)
    {
        if (System.IO.Path.GetExtension(path).Equals(".npz", StringComparison.OrdinalIgnoreCase))
        {
            using NpzReader archive = NpzReader.Open(path);
            return new WeightFile(path, [.. archive.Names.Select(name =>
            {
                NumericArray array = archive.Read(name)!;
                return new SafeTensor(name, array.Shape.ToArray(), array.Accept<FloatVisitor, float[]>(default));
            })]);
        }
        using FileStream stream = InputFile.Open(path);
        return new WeightFile(path, SafeTensorsFile.Read(stream, path, SafeTensorTypes.All).Tensors);
    }

    /// <summary>What stands before the last dot or slash.</summary>
    public static string GroupOf(string name) => name[..Math.Max(0, name.LastIndexOfAny(['.', '/']))];

    /// <summary>What stands after it.</summary>
    public static string LeafOf(string name) => name[(name.LastIndexOfAny(['.', '/']) + 1)..];

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
