using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// What a layer is to be, before it is known what it is fed: the thing you write, and the thing a model file keeps.
/// Made by <see cref="Layer.Dense"/> and its like; <see cref="Network.Create"/> turns it into a <see cref="Layer"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(DenseSpec), "dense")]
[JsonDerivedType(typeof(Convolution2DSpec), "convolution2d")]
[JsonDerivedType(typeof(DropoutSpec), "dropout")]
[JsonDerivedType(typeof(FlattenSpec), "flatten")]
[JsonDerivedType(typeof(Cropping2DSpec), "cropping2d")]
[JsonDerivedType(typeof(MaxPooling2DSpec), "maxpooling2d")]
[JsonDerivedType(typeof(AveragePooling2DSpec), "averagepooling2d")]
[JsonDerivedType(typeof(ResidualSpec), "residual")]
[JsonDerivedType(typeof(AddSpec), "add")]
[JsonDerivedType(typeof(ConcatenateSpec), "concatenate")]
public abstract record LayerSpec
{
    private const int MaxNameLength = 100;

    // Only kinds that a model file knows: a network with another could not be saved.
    private protected LayerSpec()
    {
    }

    /// <summary>The kind of layer in lower case, from which names such as <c>dense1</c> are made.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }

    /// <summary>
    /// A name for what the layer puts out, by which layers after it can read it (<see cref="Inputs"/>); 1 to 100 characters.
    /// Default (null): none.
    /// </summary>
    public string? Name
    {
        get;
        init => field = value is null or { Length: >= 1 and <= MaxNameLength } && value?.Any(char.IsControl) != true
            ? value
            : throw new ArgumentException($"A layer's name must have 1 to {MaxNameLength} characters, none of them a control character.", nameof(Name));
    }

    /// <summary>
    /// What the layer reads: names of layers before it (<see cref="Name"/>), or <c>input</c> for what comes into the network.
    /// Default (null): the output of the layer before it.
    /// </summary>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>
    /// What the learning rate is multiplied by for this layer's parameters, at least 0; 0 leaves them as they are.
    /// Default: 1.
    /// </summary>
    [JsonRequired]
    public double LearningRateFactor
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LearningRateFactor), value, $"{nameof(LearningRateFactor)} must be a number of at least 0.");
    } = 1;

    /// <summary>Whether it reads two values or more; else it reads one.</summary>
    internal virtual bool TakesSeveralInputs => false;

    /// <summary>Whether both describe the same, inputs name by name.</summary>
    public virtual bool Equals(LayerSpec? other) =>
        other is not null && EqualityContract == other.EqualityContract && Name == other.Name && LearningRateFactor.Equals(other.LearningRateFactor)
        && (Inputs is null ? other.Inputs is null : other.Inputs is not null && Inputs.SequenceEqual(other.Inputs));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(EqualityContract, Name, LearningRateFactor, Inputs?.Count);

    /// <summary>The value of an option, or the error that it is too small.</summary>
    private protected static int AtLeast(int least, int value, string name) =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}.");

    /// <summary>Makes the layer for what it reads; its parameters begin at <paramref name="offset"/> of the network's vector.</summary>
    internal abstract Layer Build(string name, IReadOnlyList<Shape> inputShapes, int offset);

    /// <summary>Adds the layer, or the layers that it stands for, to a graph.</summary>
    /// <param name="graph">The layers so far.</param>
    /// <param name="inputs">The values that it reads.</param>
    internal virtual void AddTo(LayerGraph graph, int[] inputs) => graph.AddLayer(this, inputs);
}
