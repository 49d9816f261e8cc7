namespace Nabla;

/// <summary>
/// The layers of a network, each after those whose outputs it reads. Values are numbered: 0 is the network's input, i + 1 the
/// output of layer i.
/// </summary>
internal sealed class LayerGraph
{
    /// <summary>The name by which layers read the network's input.</summary>
    public const string InputName = "input";

    // Beyond, a few hundred bytes of a file would take minutes.
    private const int MaxLayers = 1000;

    private readonly List<Layer> _layers = [];
    private readonly List<int[]> _inputs = [];
    private readonly List<Shape> _shapes;
    private readonly Dictionary<string, int> _named = new() { [InputName] = 0 };
    private readonly Dictionary<string, int> _countOfKind = [];
    private readonly int[][] _readers;
    private readonly int[] _memory;
    private readonly int[] _gradientMemory;
    private readonly bool[] _needsGradient;
    private readonly int[] _lastUse;
    private readonly int[][] _gradientSlots;
    private readonly Activation[] _inputActivations;
    private readonly Activation[] _outputActivations;

    /// <summary>Builds layers from their descriptions, without memory for parameters.</summary>
    /// <param name="input">Shape of one sample.</param>
    /// <param name="specs">The descriptions, first to last.</param>
    /// <param name="needsInputGradient">Whether somebody asks for the gradient of what comes in.</param>
    /// <exception cref="ArgumentException">They do not fit together, there is none or there are too many.</exception>
    public LayerGraph(Shape input, IReadOnlyList<LayerSpec> specs, bool needsInputGradient = false)
    {
        Specs = specs;
        _shapes = [input];
        if (specs.Count == 0)
        {
            throw new ArgumentException("A network needs at least one layer, for example Layer.Dense(10).", nameof(specs));
        }
        if (specs.Count > MaxLayers)
        {
            throw new ArgumentException(FormattableString.Invariant($"The network has {specs.Count:N0} layers, expected at most {MaxLayers:N0}."), nameof(specs));
        }
        foreach (LayerSpec spec in specs)
        {
            Add(spec, previous: _layers.Count);
        }

        _readers = [.. Enumerable.Range(0, _shapes.Count).Select(_ => Array.Empty<int>())];
        foreach (IGrouping<int, int> readers in _inputs.SelectMany((inputs, layer) => inputs.Select(value => (value, layer))).GroupBy(read => read.value, read => read.layer))
        {
            _readers[readers.Key] = [.. readers];
        }
        int unread = Array.FindIndex(_readers, 1, readers => readers.Length == 0);
        if (unread < _layers.Count)
        {
            throw new ArgumentException($"No layer reads what {_layers[unread - 1].Name} puts out ({_layers[unread - 1]}); name it among the inputs of a layer after it, or take it out.");
        }
        _memory = [.. Enumerable.Range(0, _shapes.Count)];
        _gradientMemory = [.. _memory];
        _needsGradient = new bool[_shapes.Count];
        _needsGradient[0] = needsInputGradient;
        for (int i = 0; i < _layers.Count; i++)
        {
            int[] inputs = _inputs[i];
            _needsGradient[i + 1] = _layers[i].Parameters.Count > 0 || Array.Exists(inputs, value => _needsGradient[value]);
            if (_layers[i].IsView)
            {
                _memory[i + 1] = _memory[inputs[0]];
                // Of a value that others read, too, the gradients are added up elsewhere.
                _gradientMemory[i + 1] = _readers[inputs[0]].Length == 1 ? _gradientMemory[inputs[0]] : i + 1;
            }
        }
        _lastUse = new int[_shapes.Count];
        for (int value = 0; value < _shapes.Count; value++)
        {
            int last = _readers[value].Where(layer => !_layers[layer].IsView).DefaultIfEmpty(value == _layers.Count ? value : 0).Max();
            _lastUse[_memory[value]] = Math.Max(_lastUse[_memory[value]], last);
        }
        _gradientSlots = [.. _inputs.Select(GradientSlots)];
        _inputActivations = new Activation[_layers.Count];
        _outputActivations = [.. _layers.Select(layer => layer.Activation)];
        for (int i = 0; i < _layers.Count; i++)
        {
            if (_layers[i].TakesInputDerivative && SoleProducerOf(i) is int producer)
            {
                (_inputActivations[i], _outputActivations[producer]) = (_layers[producer].Activation, Activation.Identity);
            }
        }
    }

    /// <summary>What it was built from.</summary>
    public IReadOnlyList<LayerSpec> Specs { get; }

    /// <summary>The layers, each after those whose outputs it reads.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <summary>Number of values: one more than layers.</summary>
    public int ValueCount => _shapes.Count;

    /// <summary>Whether each layer reads what the one before puts out, and nothing else.</summary>
    public bool IsChain => _inputs.Select((inputs, layer) => inputs is [int value] && value == layer).All(isNext => isNext);

    /// <summary>Number of parameters of all layers.</summary>
    public int ParameterCount { get; private set; }

    /// <summary>Numbers that layers keep beside their parameters.</summary>
    public int BufferCount { get; private set; }

    /// <summary>Shape of one sample of a value.</summary>
    public Shape ShapeOf(int value) => _shapes[value];

    /// <summary>The values that a layer reads, in its order.</summary>
    public ReadOnlySpan<int> InputsOf(int layer) => _inputs[layer];

    /// <summary>The layers that read a value, first to last; one that reads it twice stands there twice.</summary>
    public ReadOnlySpan<int> ReadersOf(int value) => _readers[value];

    /// <summary>The value whose memory another has: its own, or that which a layer shows under another shape.</summary>
    public int MemoryOf(int value) => _memory[value];

    /// <summary>Likewise for the gradient.</summary>
    public int GradientMemoryOf(int value) => _gradientMemory[value];

    /// <summary>Whether a layer with parameters stands before it: else nobody asks for its gradient, unless for that of what comes in.</summary>
    public bool NeedsGradient(int value) => _needsGradient[value];

    /// <summary>
    /// The last layer that reads the memory of a value, itself or under another shape; the number of layers where that is what the
    /// network puts out.
    /// </summary>
    public int LastUseOf(int value) => _lastUse[_memory[value]];

    /// <summary>
    /// Where a layer's gradient of one of its inputs goes in a backward pass: −1 for the memory of that value's gradient, where it
    /// is the first of a sum (layers come last to first, and the inputs of one in its order), or the number of a temporary one,
    /// from which it is added there.
    /// </summary>
    public int GradientSlotOf(int layer, int input) => _gradientSlots[layer][input];

    /// <summary>The activation whose derivative a layer takes for the one before it; identity for none.</summary>
    public Activation InputActivationOf(int layer) => _inputActivations[layer];

    /// <summary>A layer's own activation, or identity where the layer after takes its derivative.</summary>
    public Activation OutputActivationOf(int layer) => _outputActivations[layer];

    /// <summary>Name of what stands behind a value: of its layer, or <see cref="InputName"/>.</summary>
    public string NameOf(int value) => value == 0 ? InputName : _layers[value - 1].Name;

    /// <summary>Adds what a description stands for.</summary>
    /// <param name="spec">The description.</param>
    /// <param name="previous">The value that it reads where it names none.</param>
    /// <returns>The value that it puts out.</returns>
    public int Add(LayerSpec spec, int previous)
    {
        if (spec is null)
        {
            throw new ArgumentException($"Layer {_layers.Count + 1} is null.", nameof(spec));
        }
        if (spec.Inputs?.Count > MaxLayers)
        {
            throw new ArgumentException(FormattableString.Invariant($"Layer {_layers.Count + 1} ({spec.Kind}) reads {spec.Inputs.Count:N0} values, expected at most {MaxLayers:N0}."));
        }
        int[] inputs = spec.Inputs is null ? [previous] : [.. spec.Inputs.Select(name => ValueNamed(spec, name))];
        if (spec.TakesSeveralInputs ? inputs.Length < 2 : inputs.Length != 1)
        {
            throw new ArgumentException($"Layer {_layers.Count + 1} ({spec.Kind}) reads {inputs.Length} value(s), expected {(spec.TakesSeveralInputs ? "at least two: name them as its inputs" : "one; Layer.Add and Layer.Concatenate make one of several")}.");
        }
        spec.AddTo(this, inputs);
        if (spec.Name is string own && !_named.TryAdd(own, _layers.Count))
        {
            throw new ArgumentException($"Two values have the name '{own}', expected one; give {_layers[^1].Name} another.");
        }
        return _layers.Count;
    }

    /// <summary>Adds one layer that reads the given values.</summary>
    public void AddLayer(LayerSpec spec, int[] inputs)
    {
        if (_layers.Count == MaxLayers)
        {
            throw new ArgumentException(FormattableString.Invariant($"The network has more than {MaxLayers:N0} layers, expected at most that."));
        }
        int number = _countOfKind[spec.Kind] = _countOfKind.GetValueOrDefault(spec.Kind) + 1;
        LayerBuilder builder = new(spec, $"{spec.Kind}{number}", [.. inputs.Select(value => _shapes[value])], ParameterCount, BufferCount);
        Layer layer = spec.Build(builder);
        if (!ReferenceEquals(layer.Parameters, builder.Parameters))
        {
            throw new InvalidOperationException($"{spec.GetType().Name}.{nameof(LayerSpec.Build)} gave a layer that was not made from the builder it got, expected a new one each time.");
        }
        ParameterCount += layer.ParameterCount;
        BufferCount += layer.Buffers.Sum(buffer => buffer.Shape.Size);
        _layers.Add(layer);
        _inputs.Add(inputs);
        _shapes.Add(layer.OutputShape);
    }

    private int[] GradientSlots(int[] inputs, int layer)
    {
        int temporary = 0;
        return [.. inputs.Select((value, i) => !_needsGradient[value] || (_readers[value][^1] == layer && Array.IndexOf(inputs, value) == i) ? -1 : temporary++)];
    }

    /// <summary>
    /// The layer that computed what a layer reads, past any that only give it another shape; null where that is the network's
    /// input, where there are several, or where others read it, too.
    /// </summary>
    private int? SoleProducerOf(int layer)
    {
        for (int at = layer; _inputs[at] is [> 0 and int value] && _readers[value].Length == 1; at = value - 1)
        {
            if (!_layers[value - 1].IsView)
            {
                return value - 1;
            }
        }
        return null;
    }

    private int ValueNamed(LayerSpec spec, string name) => name is not null && _named.TryGetValue(name, out int value)
        ? value
        : throw new ArgumentException($"Layer {_layers.Count + 1} ({spec.Kind}) reads '{name}', but no layer before it has that name; did you mean '{Spelling.Nearest(name ?? "", _named.Keys)}'?");
}
