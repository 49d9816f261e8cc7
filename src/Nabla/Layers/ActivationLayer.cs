using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// An activation as a layer of its own, such as a sigmoid after pooling. After a dense layer, a convolution, a batch normalisation or a sum it is better
/// said there (<see cref="DenseSpec.Activation"/>): one pass over memory less.
/// </summary>
public sealed record ActivationSpec : LayerSpec
{
    /// <summary>The function applied to each number.</summary>
    public required Activation Function
    {
        get;
        init => field = ActivationCheck.Defined(value, nameof(Function));
    }

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new ActivationLayer(builder, this);
}

/// <summary>An activation of each number, see <see cref="ActivationSpec"/>.</summary>
public sealed class ActivationLayer : ElementwiseLayer
{
    private readonly Activation _function;

    internal ActivationLayer(LayerBuilder builder, ActivationSpec spec)
        : base(builder) => _function = spec.Function;

    internal override Activation Activation => _function;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass)
    {
        pass.Input().CopyTo(pass.Output);
        ActivationKernels.Apply(_function, pass.Output, pass.Threads);
    }

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        if (pass.InputGradient() is { IsEmpty: false } dInput)
        {
            ActivationKernels.MultiplyByDerivative(pass.OutputActivation, pass.Output, pass.OutputGradient, pass.Threads);
            pass.OutputGradient.CopyTo(dInput);
        }
    }

    /// <summary>What it is, in one line: <c>Sigmoid 28×28×16</c>.</summary>
    public override string ToString() => $"{_function} {OutputShape}";
}
