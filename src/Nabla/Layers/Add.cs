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
    [JsonIgnore]
    public override string Kind => "add";

    internal override bool TakesSeveralInputs => true;

    internal override Layer Build(string name, IReadOnlyList<Shape> inputShapes, int offset) => new Add(name, inputShapes, this);
}

/// <summary>Adds values element by element, see <see cref="AddSpec"/>.</summary>
public sealed class Add : Layer
{
    private readonly Activation _activation;
    private readonly int _inputs;

    internal Add(string name, IReadOnlyList<Shape> inputShapes, AddSpec spec)
        : base(name, spec, ImageShape.WithChannels(inputShapes[0]), ImageShape.WithChannels(inputShapes[0]))
    {
        if (inputShapes.FirstOrDefault(shape => !ImageShape.WithChannels(shape).Equals(InputShape)) is Shape other)
        {
            throw new ArgumentException($"{name} adds values of the shapes {inputShapes[0]} and {other}, expected the same; a residual block takes a projection of its shortcut for that.");
        }
        _activation = spec.Activation;
        _inputs = inputShapes.Count;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    internal override Activation Activation => _activation;

    internal override double Work => (double)_inputs * OutputShape.Size;

    // Images are large and few go through at a time; rows of numbers are not worth it.
    internal override bool TakesSamplesOneByOne => InputShape.Count > 1;

    internal override void Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, in LayerPass pass)
    {
        for (int i = 1; i < _inputs; i++)
        {
            ElementWiseKernels.Add(i == 1 ? input : output, pass.Input(i), output, pass.Threads);
        }
        ActivationKernels.Apply(_activation, output, pass.Threads);
    }

    internal override void Backward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, ReadOnlySpan<float> output,
        Span<float> dParameters, Span<float> dInput, Span<float> dOutput, in LayerPass pass)
    {
        ActivationKernels.MultiplyByDerivative(pass.OutputActivation, output, dOutput, pass.Threads);
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
