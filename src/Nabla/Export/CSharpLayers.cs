using System.Globalization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>Numbers that exported C# source has.</summary>
/// <param name="Name">What they are called.</param>
/// <param name="Description">What they are.</param>
/// <param name="Values">They themselves.</param>
internal sealed record CSharpWeights(string Name, string Description, float[] Values);

/// <summary>The layers of a network as C# statements: which methods they call on which values, and the weights that these take.</summary>
internal sealed class CSharpLayers
{
    private readonly Network _network;
    private readonly List<string> _statements = [];
    private readonly List<CSharpWeights> _weights = [];
    private readonly SortedSet<string> _methods = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">The network has no weights, or some that are no numbers.</exception>
    /// <exception cref="NotSupportedException">A layer, or the loss, is of a kind that C# source has nothing for.</exception>
    public CSharpLayers(Network network)
    {
        _network = network;
        if (network.Loss is not (null or SoftmaxCrossEntropyLoss or QuadraticLoss))
        {
            throw new NotSupportedException($"The network cannot be exported as C#: its loss is a {network.Loss.GetType().Name}, a kind of a program's own, which may make scores of outputs in its own way; set {nameof(Network.Loss)} to null to export the outputs as they are.");
        }
        Places = new ValuePlaces(network.Graph, ChangesNothing);
        if (network.Preprocessing.Standardization is { } figures)
        {
            AddCall("Standardize", ["input", Add("InputMean", "What is subtracted from the numbers of a sample.", [.. figures.Mean]), Add("InputScale", "What they are multiplied by then.", [.. figures.Deviation.Select(deviation => 1 / deviation)])]);
            _statements.Add("");
        }
        for (int i = 0; i < network.Layers.Count; i++)
        {
            AddLayer(i);
        }
        if (network.Loss is SoftmaxCrossEntropyLoss)
        {
            ToScores = network.Temperature == 1 ? ["Softmax(scores);"] : [$"Multiply(scores, {CSharpNames.Number((float)(1 / network.Temperature))});", "Softmax(scores);"];
            _methods.UnionWith(network.Temperature == 1 ? ["Softmax"] : ["Multiply", "Softmax"]);
        }
    }

    /// <summary>Where the values stand.</summary>
    public ValuePlaces Places { get; }

    /// <summary>What computes them, from <c>input</c> to <see cref="Output"/>.</summary>
    public IReadOnlyList<string> Statements => _statements;

    /// <summary>What the last value is called.</summary>
    public string Output => NameOf(_network.Layers.Count);

    /// <summary>What then makes scores of a copy of it, called <c>scores</c>.</summary>
    public IReadOnlyList<string> ToScores { get; } = [];

    /// <summary>Names of the methods that are called.</summary>
    public IReadOnlyCollection<string> Methods => _methods;

    /// <summary>What stands in the class <c>Weights</c>.</summary>
    public IReadOnlyList<CSharpWeights> Weights => _weights;

    private static bool ChangesNothing(Layer layer) => layer.IsView || layer is Dropout or GaussianNoise;

    private string NameOf(int value) => _network.Graph.NameOf(Places.StandsFor(value));

    private void AddLayer(int index)
    {
        Layer layer = _network.Layers[index];
        if (index > 0)
        {
            _statements.Add("");
        }
        string name = NameOf(index + 1);
        _statements.Add($"// {layer.Name}: {CSharpNames.Comment(layer.ToString()!)}");
        string[] inputs = [.. _network.Graph.InputsOf(index).ToArray().Select(NameOf)];
        if (ChangesNothing(layer))
        {
            _statements[^1] += $"; {(layer.IsView ? "the same numbers in the same order" : "nothing when it predicts")}: {name}";
            return;
        }
        _statements.Add(string.Create(CultureInfo.InvariantCulture, $"Span<float> {name} = _values.AsSpan({Places.OffsetOf(index + 1)}, {layer.OutputShape.Size});"));
        switch (layer.Spec)
        {
            case DenseSpec:
                Call("Dense", inputs[0], Weight(layer), Bias(layer), name);
                break;
            case Convolution2DSpec spec:
                AddCall("Convolution2D", [inputs[0], Weight(layer), Bias(layer), name], [.. Size(layer), $"filters: {spec.Filters}", .. Kernel(spec)]);
                break;
            case DepthwiseConvolution2DSpec spec:
                AddCall("DepthwiseConvolution2D", [inputs[0], Weight(layer), Bias(layer), name], [.. Size(layer), .. Kernel(spec)]);
                break;
            case BatchNormalizationSpec spec:
                AddBatchNormalization(layer, spec, inputs[0], name);
                break;
            case LayerNormalizationSpec spec:
                Call("NormalizeRows", inputs[0], Values(layer.Parameters[0]), Values(layer.Parameters[1]), CSharpNames.Number((float)spec.Epsilon), name);
                break;
            case MaxPooling2DSpec spec:
                AddCall("MaxPooling2D", [inputs[0], name], [.. Size(layer), .. Windows(spec)]);
                break;
            case AveragePooling2DSpec spec:
                AddCall("AveragePooling2D", [inputs[0], name], [.. Size(layer), .. Windows(spec)]);
                break;
            case GlobalAveragePooling2DSpec:
                AddCall("AveragePooling2D", [inputs[0], name], [.. Size(layer), .. Windows(new AveragePooling2DSpec { KernelHeight = layer.InputShape[0], KernelWidth = layer.InputShape[1] })]);
                break;
            case Cropping2DSpec spec:
                int channels = layer.InputShape[2];
                AddCall("Crop", [inputs[0], name], $"rowLength: {layer.InputShape[1] * channels}", $"top: {spec.Top}", $"left: {spec.Left * channels}", $"keptRows: {layer.OutputShape[0]}", $"keptLength: {layer.OutputShape[1] * channels}");
                break;
            case AddSpec:
                for (int i = 1; i < inputs.Length; i++)
                {
                    Call("Add", i == 1 ? inputs[0] : name, inputs[i], name);
                }
                break;
            case ConcatenateSpec:
                AddConcatenate(index, inputs, name);
                break;
            case SoftmaxAverageSpec:
                _statements.Add($"{name}.Clear();");
                Array.ForEach(inputs, input => Call("AddProbabilities", input, name));
                Call("LogOfMean", name, $"terms: {inputs.Length}");
                break;
            case ActivationSpec:
                _statements.Add($"{inputs[0]}.CopyTo({name});");
                break;
            case ClipSpec spec:
                Call("Clip", inputs[0], CSharpNames.Number((float)spec.Minimum), CSharpNames.Number((float)spec.Maximum), name);
                break;
            case LeakyReLUSpec spec:
                Call("LeakyReLU", inputs[0], CSharpNames.Number((float)spec.NegativeSlope), name);
                break;
            case RescalingSpec spec:
                Call("Rescale", inputs[0], CSharpNames.Number((float)spec.Scale), CSharpNames.Number((float)spec.Offset), name);
                break;
            case GELUSpec:
                Call("GELU", inputs[0], name);
                break;
            case SiLUSpec:
                Call("SiLU", inputs[0], name);
                break;
            case SoftplusSpec:
                Call("Softplus", inputs[0], name);
                break;
            default:
                throw new NotSupportedException($"The network cannot be exported as C#: {layer.Name} is a {layer.Spec.GetType().Name}, a kind of layer of a program's own; only Nabla's own layers can be written as C# source.");
        }
        if (layer.Activation != Activation.Identity)
        {
            Call(layer.Activation.ToString(), name);
        }
    }

    private void AddBatchNormalization(Layer layer, BatchNormalizationSpec spec, string input, string name)
    {
        int channels = layer.InputShape[^1];
        float[] mean = layer.Buffers[0].Of(_network.Buffers).ToArray(), factor = new float[channels];
        Span<float> scale = layer.Parameters[0].Of(_network.Parameters);
        ChannelStatistics statistics = new(mean, layer.Buffers[1].Of(_network.Buffers), spec.Epsilon);
        for (int channel = 0; channel < channels; channel++)
        {
            // The bits of Numerics: the factor of each channel is rounded by itself there, too.
            (Lanes1.Load(in scale[0], channel) * statistics.InverseDeviation<Lanes1>(channel)).Store(ref factor[0], channel);
        }
        string own = CSharpNames.Field(layer.Name);
        Call(
            "NormalizeChannels", input, Add($"{own}Mean", $"{layer.Name}: the mean of each channel", mean),
            Add($"{own}Factor", $"{layer.Name}: scale over standard deviation of each channel", factor), Values(layer.Parameters[1]), name);
    }

    private void AddConcatenate(int index, string[] inputs, string name)
    {
        int column = 0, width = _network.Layers[index].OutputShape[^1];
        for (int i = 0; i < inputs.Length; i++)
        {
            int own = LayerBuilder.WithChannels(_network.Graph.ShapeOf(_network.Graph.InputsOf(index)[i]))[^1];
            AddCall("PutBeside", [inputs[i], name], $"width: {own}", $"outputWidth: {width}", $"column: {column}");
            column += own;
        }
    }

    private void Call(string method, params string[] arguments) => AddCall(method, arguments);

    /// <summary>A call with values, and below them the sizes that they have.</summary>
    private void AddCall(string method, string[] values, params string[] sizes)
    {
        _methods.Add(method);
        _statements.Add(sizes.Length == 0
            ? $"{method}({string.Join(", ", values)});"
            : $"{method}(\n    {string.Join(", ", values)},\n    {string.Join(", ", sizes)});");
    }

    private string Weight(Layer layer) => Values(layer.Parameters[0]);

    private string Bias(Layer layer) => layer.Parameters.Count > 1 ? Values(layer.Parameters[1]) : "default";

    private string Values(Parameter parameter) => Add(CSharpNames.Field(parameter.Name), parameter.ToString(), parameter.Of(_network.Parameters).ToArray());

    /// <returns>How statements name them.</returns>
    private string Add(string name, string description, float[] values)
    {
        _weights.Add(new CSharpWeights(name, description, values));
        return $"Weights.{name}";
    }

    private static string[] Size(Layer layer) => [$"height: {layer.InputShape[0]}", $"width: {layer.InputShape[1]}", $"channels: {layer.InputShape[2]}"];

    private static string[] Kernel(ConvolutionSpec spec) =>
        [$"kernelHeight: {spec.KernelHeight}", $"kernelWidth: {spec.KernelWidth}", $"stride: {spec.Stride}", $"padding: {spec.Padding}"];

    private static string[] Windows(Pooling2DSpec spec) =>
    [
        $"windowHeight: {spec.KernelHeight}", $"windowWidth: {spec.KernelWidth}",
        $"strideDown: {spec.Stride ?? spec.KernelHeight}", $"strideAcross: {spec.Stride ?? spec.KernelWidth}", $"padding: {spec.Padding}",
    ];
}
