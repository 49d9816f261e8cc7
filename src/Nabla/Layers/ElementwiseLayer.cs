using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// What layers share that apply a function to each number by itself: <see cref="LeakyReLU"/>, <see cref="GELU"/>, <see cref="SiLU"/>, <see cref="Softplus"/>, <see cref="Clip"/>,
/// <see cref="Rescaling"/>, <see cref="ActivationLayer"/>.
/// </summary>
public abstract class ElementwiseLayer : Layer
{
    private protected ElementwiseLayer(LayerBuilder builder)
        : base(builder, builder.InputShape)
    {
    }

    // Images are large and few go through at a time; rows of numbers are not worth it.
    /// <inheritdoc/>
    public override bool TakesSamplesOneByOne => InputShape.Count > 1;

    // A series takes some dozens of multiply-adds.
    internal override double Work => 32.0 * OutputShape.Size;

    /// <summary>The forward pass of a layer whose function is <paramref name="function"/>.</summary>
    private protected static void Forward<TFunction>(TFunction function, in LayerPass pass)
        where TFunction : struct, IInputFunction => InputFunctions.Apply(function, pass.Input(), pass.Output, pass.Threads);

    /// <summary>Its backward pass.</summary>
    private protected static void Backward<TFunction>(TFunction function, in LayerPass pass)
        where TFunction : struct, IInputFunction
    {
        if (pass.InputGradient() is { IsEmpty: false } dInput)
        {
            InputFunctions.Gradient(function, pass.Input(), pass.OutputGradient, dInput, pass.Threads);
        }
    }

    /// <summary>What it is, in one line: <c>GELU 28×28×16</c>.</summary>
    public override string ToString() => $"{GetType().Name} {OutputShape}";
}
