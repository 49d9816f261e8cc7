using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Nabla;

/// <summary>
/// What a layer is to be, before it is known what it is fed: the thing you write, and the thing a model file keeps.
/// Made by <see cref="Layer.Dense"/> and its like; <see cref="Network.Create"/> turns it into a <see cref="Layer"/>.
/// </summary>
public abstract record LayerSpec
{
    private const int MaxNameLength = 100;

    /// <summary>
    /// Makes a kind of layer known by a name, so that model files and recipes can have it. Call it once, when a program starts; ours are
    /// registered the same way.
    /// </summary>
    /// <typeparam name="T">The kind: a record whose options are its public members.</typeparam>
    /// <param name="name">How documents name it: lower-case letters, digits and dashes, no digit at the end; not another's.</param>
    /// <param name="defaults">One with the default of every option, which recipes need not say; members that are <c>required</c> and parameters of the constructor must be said.</param>
    /// <param name="json">The class that reads and writes it: a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> with <c>[JsonSerializable(typeof(T))]</c>.</param>
    /// <exception cref="ArgumentException">The name is none or stands for another kind, or <paramref name="json"/> does not know the type.</exception>
    public static void Register<[DynamicallyAccessedMembers(Kinds.Members)] T>(string name, T defaults, IJsonTypeInfoResolver json)
        where T : LayerSpec => Kinds.Layers.Register(name, defaults, json);

    /// <summary>
    /// The kind of layer, from which names such as <c>dense1</c> are made: the name that it is registered under, or else that of its type in
    /// lower case.
    /// </summary>
    [JsonIgnore]
    public string Kind => Kinds.Layers.Find(GetType())?.Name ?? NameOf(GetType());

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
        init => field = OptionCheck.NotNegative(value, nameof(LearningRateFactor));
    } = 1;

    /// <summary>Whether it reads two values or more (<see cref="Inputs"/>); else it reads one. Default: one.</summary>
    protected internal virtual bool TakesSeveralInputs => false;

    /// <summary>Whether both describe the same, inputs name by name.</summary>
    public virtual bool Equals(LayerSpec? other) =>
        other is not null && EqualityContract == other.EqualityContract && Name == other.Name && LearningRateFactor.Equals(other.LearningRateFactor)
        && (Inputs is null ? other.Inputs is null : other.Inputs is not null && Inputs.SequenceEqual(other.Inputs));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(EqualityContract, Name, LearningRateFactor, Inputs?.Count);

    private static string NameOf(Type type)
    {
        const string Ending = "Spec";
        string name = type.Name.ToLowerInvariant();
        return type.Name.EndsWith(Ending, StringComparison.Ordinal) && name.Length > Ending.Length ? name[..^Ending.Length] : name;
    }

    /// <summary>Makes the layer for what it reads.</summary>
    /// <param name="builder">What it reads, and room for what it keeps.</param>
    /// <exception cref="ArgumentException">It cannot read that; the message begins with <see cref="LayerBuilder.Name"/> and says what was found and expected.</exception>
    public abstract Layer Build(LayerBuilder builder);

    /// <summary>Adds the layer, or the layers that it stands for, to a graph.</summary>
    /// <param name="graph">The layers so far.</param>
    /// <param name="inputs">The values that it reads.</param>
    internal virtual void AddTo(LayerGraph graph, int[] inputs) => graph.AddLayer(this, inputs);
}
