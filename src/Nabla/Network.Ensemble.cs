namespace Nabla;

// Several networks as one.
public sealed partial class Network
{
    /// <summary>
    /// Joins networks to one whose probabilities are the average of theirs. It is a network as any other: it is saved in one file, measured, looked into,
    /// and trained on.
    /// </summary>
    /// <param name="members">At least two, trained with softmax cross-entropy on the same classes, with the same input and preprocessing; their numbers are copied.</param>
    /// <exception cref="ArgumentException">There are fewer than two, or one of them does not go with the first; the message says which and why.</exception>
    public static Network Ensemble(params IReadOnlyList<Network> members)
    {
        if (members.Count < 2)
        {
            throw new ArgumentException($"An ensemble needs at least two networks, but got {members.Count}.", nameof(members));
        }
        Network first = members[0];
        List<LayerSpec> layers = [];
        List<string> outputs = [];
        for (int i = 0; i < members.Count; i++)
        {
            Network member = members[i];
            if (Difference(first, member) is string difference)
            {
                throw new ArgumentException($"Network {i + 1} of the ensemble {difference}.", nameof(members));
            }
            string prefix = FormattableString.Invariant($"member{i + 1}");
            LayerSpec[] own = [.. member.Graph.Specs.Select(layer => Prefixed(layer, prefix))];
            // Not what the member before puts out.
            own[0] = own[0] with { Inputs = own[0].Inputs ?? [LayerGraph.InputName] };
            own[^1] = own[^1] with { Name = own[^1].Name ?? prefix };
            layers.AddRange(own);
            outputs.Add(own[^1].Name!);
        }
        layers.Add(new SoftmaxAverageSpec { Inputs = outputs });
        Network ensemble = Create(first.InputShape, layers);
        ensemble.Preprocessing = first.Preprocessing;
        ensemble.Loss = first.Loss;
        ensemble.ClassNames = first.ClassNames;
        ensemble.Schema = first.Schema;
        int parameter = 0, buffer = 0;
        foreach (Network member in members)
        {
            member.Parameters.CopyTo(ensemble.Parameters[parameter..]);
            member.Buffers.CopyTo(ensemble.Buffers[buffer..]);
            (parameter, buffer) = (parameter + member.Parameters.Length, buffer + member.Buffers.Length);
        }
        ensemble.MarkInitialized();
        return ensemble;
    }

    /// <summary>Why a network cannot be in an ensemble with another; null where it can.</summary>
    private static string? Difference(Network first, Network other) =>
        !other.IsInitialized ? "has no weights yet, expected trained ones"
        : other.Loss is not SoftmaxCrossEntropyLoss ? $"was trained with {other.Loss?.ToString() ?? "a loss that it does not know"}, expected softmax cross-entropy, whose outputs become probabilities"
        : !other.InputShape.Equals(first.InputShape) ? $"takes samples of {other.InputShape}, expected {first.InputShape} as the first"
        : other.OutputShape.Size != first.OutputShape.Size ? $"tells {other.OutputShape.Size} classes apart, expected {first.OutputShape.Size} as the first"
        : !(other.ClassNames ?? []).SequenceEqual(first.ClassNames ?? []) ? "has classes of other names than the first, or in another order"
        : first.Schema is not null && other.Schema is not null && first.Schema.DifferenceFrom(other.Schema) is string columns ? $"learnt from a table with {columns}, expected the same columns as the first"
        : !(other.Preprocessing with { Values = first.Preprocessing.Values, InkOnPaper = first.Preprocessing.InkOnPaper, HasMnistForm = first.Preprocessing.HasMnistForm }).Equals(first.Preprocessing) ? "preprocesses its samples otherwise than the first, such as by other means and deviations; train all with the same"
        : null;

    /// <summary>A description with all names in a namespace of their own.</summary>
    private static LayerSpec Prefixed(LayerSpec layer, string prefix)
    {
        layer = layer with
        {
            Name = layer.Name is null ? null : $"{prefix}/{layer.Name}",
            Inputs = layer.Inputs is null ? null : [.. layer.Inputs.Select(name => name == LayerGraph.InputName ? name : $"{prefix}/{name}")],
        };
        return layer is ResidualSpec residual
            ? residual with { Body = [.. residual.Body.Select(inner => Prefixed(inner, prefix))], Projection = residual.Projection is null ? null : Prefixed(residual.Projection, prefix) }
            : layer;
    }
}
