using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>Adds values of the same shape, element by element: where the branches of a network meet.</summary>
public sealed record AddSpec : LayerSpec
{
    /// <summary>Function applied to each sum. Default: identity.</summary>
    [JsonRequired]
    public Activation Activation
    {
        get;
        init => field = ActivationCheck.Defined(value, nameof(Activation));
    } = Activation.Identity;

    /// <inheritdoc/>
    protected internal override bool TakesSeveralInputs => true;

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new Add(builder, this);
}

/// <summary>Adds values element by element, see <see cref="AddSpec"/>.</summary>
public sealed class Add : Layer
{
    private readonly Activation _activation;
    private readonly int _inputs;

    internal Add(LayerBuilder builder, AddSpec spec)
        : base(builder, LayerBuilder.WithChannels(builder.InputShape), LayerBuilder.WithChannels(builder.InputShape))
    {
        if (builder.InputShapes.FirstOrDefault(shape => !LayerBuilder.WithChannels(shape).Equals(InputShape)) is Shape other)
        {
            throw new ArgumentException($"{Name} adds values of the shapes {builder.InputShape} and {other}, expected the same; a residual block takes a projection of its shortcut for that.");
        }
        _activation = spec.Activation;
        _inputs = builder.InputShapes.Count;
    }

    internal override Activation Activation => _activation;

    internal override double Work => (double)_inputs * OutputShape.Size;

    // Images are large and few go through at a time; rows of numbers are not worth it.
    /// <inheritdoc/>
    public override bool TakesSamplesOneByOne => InputShape.Count > 1;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass)
    {
        for (int i = 1; i < _inputs; i++)
        {
            ElementWiseKernels.Add(i == 1 ? pass.Input() : pass.Output, pass.Input(i), pass.Output, pass.Threads);
        }
        ActivationKernels.Apply(_activation, pass.Output, pass.Threads);
    }

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        Span<float> dOutput = pass.OutputGradient;
        ActivationKernels.MultiplyByDerivative(pass.OutputActivation, pass.Output, dOutput, pass.Threads);
        for (int i = 0; i < _inputs; i++)
        {
            if (pass.InputGradient(i) is { IsEmpty: false } gradient)
            {
                dOutput.CopyTo(gradient);
            }
        }
    }

    /// <summary>What it is, in one line: <c>Add 2 × 28×28×16, ReLU</c>.</summary>
    public override string ToString() => $"Add {_inputs} × {InputShape}{(_activation == Activation.Identity ? "" : $", {_activation}")}";
}
