using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// A residual block, y = f(body(x) + shortcut(x)): layers learn what is to be added to their input. He et al., "Deep residual
/// learning for image recognition", 2015. In the network it stands as the layers of its body, those of the shortcut and an
/// <see cref="Add"/>.
/// </summary>
public sealed record ResidualSpec : LayerSpec
{
    /// <summary>The layers of the body, first to last; at least one.</summary>
    public required IReadOnlyList<LayerSpec> Body { get; init; }

    /// <summary>
    /// What the shortcut does to the block's input where the body gives it another shape, such as a 1×1 convolution of the same
    /// stride. Default (null): nothing.
    /// </summary>
    public LayerSpec? Projection { get; init; }

    /// <summary>Function applied to each sum. Default: identity.</summary>
    [JsonRequired]
    public Activation Activation
    {
        get;
        init => field = ActivationCheck.Defined(value, nameof(Activation));
    } = Activation.Identity;

    /// <summary>Whether both describe the same, layer by layer.</summary>
    public bool Equals(ResidualSpec? other) =>
        base.Equals(other) && Equals(Projection, other.Projection) && Activation == other.Activation && Body.SequenceEqual(other.Body);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Projection, Activation, Body.Count);

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => throw new NotSupportedException("A residual block has no layer of its own: a network is made of the layers in it.");

    internal override void AddTo(LayerGraph graph, int[] inputs)
    {
        if (Body.Count == 0)
        {
            throw new ArgumentException("A residual block needs at least one layer in its body.");
        }
        // Where the shortcut changes nothing, the sum reads what the block reads.
        int shortcut = inputs[0], body = inputs[0];
        foreach (LayerSpec layer in Body)
        {
            body = graph.Add(layer, previous: body);
        }
        if (Projection is not null)
        {
            shortcut = graph.Add(Projection, previous: shortcut);
        }
        new AddSpec { Activation = Activation }.AddTo(graph, [body, shortcut]);
    }
}
