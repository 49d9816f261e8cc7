namespace Nabla;

/// <summary>
/// What <see cref="LayerSpec.Build"/> makes a layer from: what it reads, and room for the numbers that it keeps. A layer asks for its
/// parameters and buffers in its constructor; they are stored, initialised and saved in the order in which it asks.
/// </summary>
public sealed class LayerBuilder
{
    private readonly List<Parameter> _parameters = [];
    private readonly List<LayerBuffer> _buffers = [];
    private long _parameterEnd;
    private long _bufferEnd;

    internal LayerBuilder(LayerSpec spec, string name, IReadOnlyList<Shape> inputShapes, int firstParameter, int firstBuffer)
    {
        Spec = spec;
        Name = name;
        InputShapes = inputShapes;
        _parameterEnd = firstParameter;
        _bufferEnd = firstBuffer;
    }

    /// <summary>The description that is built.</summary>
    public LayerSpec Spec { get; }

    /// <summary>The layer's name within the network: <c>dense1</c>.</summary>
    public string Name { get; }

    /// <summary>Shape of one sample of each value that it reads.</summary>
    public IReadOnlyList<Shape> InputShapes { get; }

    /// <summary>Shape of one sample of what it reads, or of the first where it reads several.</summary>
    public Shape InputShape => InputShapes[0];

    /// <summary>What it reads as images: [height, width, channels]; images [height, width] have one channel.</summary>
    /// <exception cref="ArgumentException">What it reads is no image.</exception>
    public Shape ImageShape => WithChannels(InputShape) is { Count: 3 } image
        ? image
        : throw new ArgumentException($"{Name} takes images of [height, width] or [height, width, channels], but gets samples of shape {InputShape}.");

    internal IReadOnlyList<Parameter> Parameters => _parameters;

    internal IReadOnlyList<LayerBuffer> Buffers => _buffers;

    /// <summary>Adds a parameter, which is learnt.</summary>
    /// <param name="role">What it does, by which it is also named: <c>weight</c>, <c>bias</c>, <c>scale</c>.</param>
    /// <param name="shape">Its extents; of weights the last is the outputs.</param>
    /// <param name="initializer">How it begins.</param>
    /// <param name="fanIn">Inputs that feed one unit, at least 1, by which initialisers scale.</param>
    /// <param name="fanOut">Units that one input feeds, at least 1.</param>
    /// <param name="name">Another name than that of its role, where a layer has several of one role.</param>
    /// <returns>The parameter; a pass finds its values (<see cref="LayerPass.Values(Parameter)"/>) and its gradient (<see cref="LayerPass.Gradient"/>) by it.</returns>
    /// <exception cref="ArgumentException">The layer has a parameter or buffer of that name already, or the network would have more parameters than an array can hold.</exception>
    public Parameter AddParameter(ParameterRole role, Shape shape, Initializer initializer, int fanIn = 1, int fanOut = 1, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fanIn, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(fanOut, 1);
        Parameter parameter = new(NameOf(name ?? role.ToString().ToLowerInvariant()), shape, (int)_parameterEnd)
        {
            Role = role,
            Initializer = initializer,
            FanIn = fanIn,
            FanOut = fanOut,
        };
        _parameterEnd = End(_parameterEnd, shape, "parameters");
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Adds numbers that are saved with the parameters but not learnt, such as running statistics; the forward pass in training may change them.</summary>
    /// <param name="name">Its name within the layer: <c>mean</c>.</param>
    /// <param name="shape">Its extents.</param>
    /// <param name="initialValue">What all its numbers are before training.</param>
    /// <returns>The buffer; a pass finds its numbers by it (<see cref="LayerPass.Values(LayerBuffer)"/>).</returns>
    /// <exception cref="ArgumentException">The layer has a parameter or buffer of that name already, or the network would have more such numbers than an array can hold.</exception>
    public LayerBuffer AddBuffer(string name, Shape shape, float initialValue = 0)
    {
        LayerBuffer buffer = new(NameOf(name), shape, (int)_bufferEnd, initialValue);
        _bufferEnd = End(_bufferEnd, shape, "numbers in buffers");
        _buffers.Add(buffer);
        return buffer;
    }

    /// <summary>The shape of images without channels as that of images with one; any other as it is.</summary>
    internal static Shape WithChannels(Shape shape) => shape.Count == 2 ? [shape[0], shape[1], 1] : shape;

    private long End(long start, Shape shape, string what)
    {
        long end = start + shape.Size;
        return end <= Array.MaxLength ? end : throw new ArgumentException($"The network has more than {Array.MaxLength:N0} {what} up to {Name}: use fewer or smaller layers.");
    }

    private string NameOf(string own)
    {
        string name = $"{Name}/{own}";
        return _parameters.Exists(parameter => parameter.Name == name) || _buffers.Exists(buffer => buffer.Name == name)
            ? throw new ArgumentException($"{Name} has two parameters or buffers of the name '{own}', expected one; give one another name.", nameof(own))
            : name;
    }
}
