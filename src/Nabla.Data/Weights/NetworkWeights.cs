using System.Globalization;
using Nabla.IO;

namespace Nabla;

/// <summary>Weights alone, without what the network is: to NumPy, and from the weight files of other tools.</summary>
public static class NetworkWeights
{
    private const string Help = "name them by a map from this network's names to the file's, such as {\"dense1\": \"fc1\"}";

    /// <summary>Writes the parameters and buffers of a network as an npz archive, under the names that <see cref="Parameter.Name"/> has, laid out as in Keras: <c>numpy.load(path)["dense1/weight"]</c>.</summary>
    /// <param name="network">A network with weights.</param>
    /// <param name="path">Usually ending in <c>.npz</c>; its folder must exist. A file that was there before stays until the new one is complete.</param>
    /// <exception cref="InvalidOperationException">The network has no weights yet.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void ExportNpz(this Network network, string path)
    {
        network.ThrowUnlessReady(network.InputShape.Size, "values");
        float[] parameters = network.Parameters.ToArray(), buffers = network.Buffers.ToArray();
        AtomicFile.Write(path, stream => NpzWriter.Write(
            stream,
            [
                .. network.Layers.SelectMany(layer => layer.Parameters).Select(parameter => new SafeTensor(parameter.Name, [.. parameter.Shape], parameters.AsMemory(parameter.Offset, parameter.Shape.Size))),
                .. network.Layers.SelectMany(layer => layer.Buffers).Select(buffer => new SafeTensor(buffer.Name, [.. buffer.Shape], buffers.AsMemory(buffer.Offset, buffer.Shape.Size))),
            ]));
    }

    /// <summary>
    /// Reads weights that another tool has trained for the same layers: a safetensors file, as PyTorch and Keras users have them, or an npz archive.
    /// </summary>
    /// <param name="network">The network, of the same layers; its weights are overwritten once all of the file fits.</param>
    /// <param name="path">A file that ends in <c>.npz</c>, or else a safetensors file.</param>
    /// <param name="names">
    /// What the file calls what this network calls otherwise: from a layer's name to the text before the last dot or slash of the file's names (<c>dense1</c> to <c>fc1</c>), or from the
    /// name of a parameter or buffer to that of a tensor. Null where the file has the network's own names, or has as many layers in the same order: by name, numbers as numbers.
    /// </param>
    /// <param name="layout">How the file's tool lays weights out; null to see it by the shapes and names.</param>
    /// <exception cref="MalformedFileException">The file is damaged, a tensor is missing, left over or has another shape; the message names it and what was expected.</exception>
    /// <exception cref="ArgumentException">The names are none of this network.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static void LoadWeights(this Network network, string path, IReadOnlyDictionary<string, string>? names = null, WeightLayout? layout = null)
    {
        WeightFile file = WeightFile.Read(path);
        Slot[] slots = [.. network.Layers.SelectMany((layer, index) => SlotsOf(network, layer, index))];
        SafeTensor[] tensors = Match(network, file, slots, names);
        WeightLayout used = layout ?? FindLayout(file, slots, tensors);
        float[][] values = [.. slots.Select((slot, i) => slot.Read(tensors[i], used)
            ?? throw new MalformedFileException(path, $"'{tensors[i].Name}' has the shape [{string.Join(", ", tensors[i].Extents)}], expected [{string.Join(", ", slot.ExtentsIn(used))}] for {slot.Name} in the layout of {used}; {Help}."))];
        for (int i = 0; i < slots.Length; i++)
        {
            if (Array.FindIndex(values[i], value => !float.IsFinite(value)) is >= 0 and int place)
            {
                throw new MalformedFileException(path, string.Create(CultureInfo.InvariantCulture, $"'{tensors[i].Name}' has {values[i][place]} as number {place}, expected finite numbers; the training that made it has failed, or the file is damaged."));
            }
        }
        for (int i = 0; i < slots.Length; i++)
        {
            values[i].CopyTo(slots[i].In(network));
        }
        network.MarkInitialized();
    }

    private static IEnumerable<Slot> SlotsOf(Network network, Layer layer, int index) =>
    [
        .. layer.Parameters.Select(parameter => new Slot(layer, parameter.Name, parameter.Shape, parameter.Offset, IsBuffer: false, layer is Dense && parameter.Role == ParameterRole.Weight ? LayerWeights.ImageBefore(network, index) : null)),
        .. layer.Buffers.Select(buffer => new Slot(layer, buffer.Name, buffer.Shape, buffer.Offset, IsBuffer: true, null)),
    ];

    /// <summary>The tensor of each parameter and buffer.</summary>
    private static SafeTensor[] Match(Network network, WeightFile file, Slot[] slots, IReadOnlyDictionary<string, string>? names)
    {
        string[] layers = [.. slots.Select(slot => slot.Layer.Name).Distinct()];
        if (names?.Keys.FirstOrDefault(name => !layers.Contains(name) && !slots.Any(slot => slot.Name == name)) is string unknown)
        {
            throw new ArgumentException($"The map has '{unknown}', expected a layer, parameter or buffer of the network: {string.Join(", ", layers)}.", nameof(names));
        }
        Dictionary<string, string> groups = [];
        if (names is null && !slots.Any(slot => file[slot.Name] is not null))
        {
            IReadOnlyList<string> found = file.Groups;
            if (found.Count != layers.Length)
            {
                throw new MalformedFileException(file.Path, $"has weights of {found.Count} layers ({string.Join(", ", found.Take(12))}), expected {layers.Length} ({string.Join(", ", layers.Take(12))}); {Help}.");
            }
            groups = layers.Zip(found).ToDictionary(pair => pair.First, pair => pair.Second);
        }
        SafeTensor[] tensors = [.. slots.Select(slot =>
        {
            string? tensor = names?.GetValueOrDefault(slot.Name), group = names?.GetValueOrDefault(slot.Layer.Name) ?? groups.GetValueOrDefault(slot.Layer.Name);
            SafeTensor? match = tensor is not null ? file[tensor] : group is null ? file[slot.Name] : slot.Leaves.SelectMany(leaf => new[] { $"{group}.{leaf}", $"{group}/{leaf}" }).Select(name => file[name]).FirstOrDefault(found => found is not null);
            return match ?? throw new MalformedFileException(
                file.Path, $"has no '{tensor ?? (group is null ? slot.Name : $"{group}.{slot.Leaves[0]}")}' for {slot.Name}; its tensors are {string.Join(", ", file.Names.Take(12))}{(file.Names.Count > 12 ? " and more" : "")}; {Help}.");
        })];
        string[] left = [.. file.Names.Except(tensors.Select(tensor => tensor.Name))];
        return left.Length == 0
            ? tensors
            : throw new MalformedFileException(file.Path, $"has {left.Length} tensors that no layer takes ({string.Join(", ", left.Take(6))}), expected those of {network.Layers.Count} layers alone; the network is another, or {Help}.");
    }

    /// <summary>The layout that all shapes fit; where both do, as where all is square, the one whose words the names have.</summary>
    private static WeightLayout FindLayout(WeightFile file, Slot[] slots, SafeTensor[] tensors)
    {
        WeightLayout[] possible = [.. Enum.GetValues<WeightLayout>().Where(layout => slots.Zip(tensors).All(pair => pair.First.Fits(pair.Second, layout)))];
        if (possible.Length == 1)
        {
            return possible[0];
        }
        bool soundsLikeKeras = slots.Any(slot => file[slot.Name] is not null) || file.Names.Any(name => WeightFile.LeafOf(name) is "kernel" or "gamma" or "depthwise_kernel");
        return possible.Length == 0 && !soundsLikeKeras ? WeightLayout.PyTorch
            : soundsLikeKeras ? WeightLayout.Keras
            : file.Names.Any(name => WeightFile.LeafOf(name) is "weight" or "running_mean") ? WeightLayout.PyTorch
            : throw new MalformedFileException(file.Path, "has weights whose shapes fit the layouts of Keras and of PyTorch; say which it is (--layout).");
    }

    /// <summary>A parameter or buffer of a network, and how files have it.</summary>
    private sealed record Slot(Layer Layer, string Name, Shape Shape, int Offset, bool IsBuffer, Shape? FlattenedImage)
    {
        /// <summary>What tools call it, after the name of the layer.</summary>
        public string[] Leaves => WeightFile.LeafOf(Name) switch
        {
            "weight" => ["weight", "kernel", "depthwise_kernel"],
            "scale" => ["weight", "gamma", "scale"],
            "bias" => ["bias", "beta"],
            "mean" => ["running_mean", "moving_mean", "mean"],
            "variance" => ["running_var", "moving_variance", "variance"],
            string other => [other],
        };

        private bool IsDepthwise => Layer is DepthwiseConvolution2D && Shape.Count == 3;

        public Span<float> In(Network network) => (IsBuffer ? network.Buffers : network.Parameters).Slice(Offset, Shape.Size);

        public int[] ExtentsIn(WeightLayout layout) => layout == WeightLayout.PyTorch
            ? Shape.Count switch
            {
                2 => [Shape[1], Shape[0]],
                3 when IsDepthwise => [Shape[2], 1, Shape[0], Shape[1]],
                4 => [Shape[3], Shape[2], Shape[0], Shape[1]],
                _ => [.. Shape],
            }
            : [.. Shape];

        // Keras has a depth of 1 at the end of depthwise kernels.
        public bool Fits(SafeTensor tensor, WeightLayout layout) =>
            tensor.Extents.SequenceEqual(ExtentsIn(layout)) || (layout == WeightLayout.Keras && IsDepthwise && tensor.Extents.SequenceEqual([.. Shape, 1]));

        /// <summary>The numbers in the network's order; null where they are of another shape.</summary>
        public float[]? Read(SafeTensor tensor, WeightLayout layout)
        {
            if (!Fits(tensor, layout))
            {
                return null;
            }
            ReadOnlySpan<float> from = tensor.Values.Span;
            if (layout == WeightLayout.Keras || Shape.Count == 1)
            {
                return from.ToArray();
            }
            float[] values = new float[from.Length];
            int outputs = IsDepthwise ? Shape[2] : Shape[^1], inputs = from.Length / outputs;
            for (int input = 0; input < inputs; input++)
            {
                int place = Place(input);
                for (int output = 0; output < outputs; output++)
                {
                    values[place * outputs + output] = from[output * inputs + input];
                }
            }
            return values;
        }

        /// <summary>Where this network has what PyTorch has as the input of that number: of a kernel or an image, channels come first there.</summary>
        private int Place(int input)
        {
            (int channels, int positions) = Shape.Count == 4 ? (Shape[2], Shape[0] * Shape[1]) : FlattenedImage is Shape { Count: 3 } image ? (image[2], image[0] * image[1]) : (1, 1);
            if (channels == 1)
            {
                return input;
            }
            (int channel, int position) = Math.DivRem(input, positions);
            return position * channels + channel;
        }
    }
}
