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
public abstract record LayerSpec
{
    // Only kinds that a model file knows: a network with another could not be saved.
    private protected LayerSpec()
    {
    }

    /// <summary>The kind of layer in lower case, from which names such as <c>dense1</c> are made.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }

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

    /// <summary>Makes the layer for the given input; its parameters begin at <paramref name="offset"/> of the network's vector.</summary>
    internal abstract Layer Build(string name, Shape inputShape, int offset);
}
