using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla.Numerics;

/// <summary>Activation functions and their derivatives over whole buffers. A derivative is taken from the activation's output y.</summary>
internal static class ActivationKernels
{
    /// <summary>values = f(values).</summary>
    public static void Apply(Activation activation, Span<float> values, int threads)
    {
        switch (activation)
        {
            case Activation.Identity: break;
            case Activation.Sigmoid: Apply<ActivationFunctions.Sigmoid>(values, threads); break;
            case Activation.Tanh: Apply<ActivationFunctions.Tanh>(values, threads); break;
            case Activation.ReLU: Apply<ActivationFunctions.ReLU>(values, threads); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, null);
        }
    }

    /// <summary>gradient *= f′, with f′ computed from <paramref name="outputs"/> = f(x).</summary>
    public static void MultiplyByDerivative(Activation activation, ReadOnlySpan<float> outputs, Span<float> gradient, int threads)
    {
        switch (activation)
        {
            case Activation.Identity: break;
            case Activation.Sigmoid: MultiplyByDerivative<ActivationFunctions.Sigmoid>(outputs, gradient, threads); break;
            case Activation.Tanh: MultiplyByDerivative<ActivationFunctions.Tanh>(outputs, gradient, threads); break;
            case Activation.ReLU: MultiplyByDerivative<ActivationFunctions.ReLU>(outputs, gradient, threads); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, null);
        }
    }

    /// <summary>
    /// gradient = mask · dOutputs · f′, with f′ computed from <paramref name="outputs"/> = f(x): the way back through
    /// dropout and the activation before it in one pass.
    /// </summary>
    public static void MultiplyByMaskAndDerivative(
        Activation activation, ReadOnlySpan<float> outputs, ReadOnlySpan<float> mask, ReadOnlySpan<float> dOutputs, Span<float> gradient, int threads)
    {
        switch (activation)
        {
            case Activation.Identity: ElementWiseKernels.Multiply(mask, dOutputs, gradient, threads); break;
            case Activation.Sigmoid: MultiplyByMaskAndDerivative<ActivationFunctions.Sigmoid>(outputs, mask, dOutputs, gradient, threads); break;
            case Activation.Tanh: MultiplyByMaskAndDerivative<ActivationFunctions.Tanh>(outputs, mask, dOutputs, gradient, threads); break;
            case Activation.ReLU: MultiplyByMaskAndDerivative<ActivationFunctions.ReLU>(outputs, mask, dOutputs, gradient, threads); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, null);
        }
    }

    private static void Apply<TFunction>(Span<float> values, int threads)
        where TFunction : IActivationFunction
    {
        ForwardKernel<TFunction> kernel = new(values);
        ElementWise.Run(ref kernel, values.Length, threads);
    }

    private static void MultiplyByDerivative<TFunction>(ReadOnlySpan<float> outputs, Span<float> gradient, int threads)
        where TFunction : IActivationFunction
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputs.Length, gradient.Length);
        BackwardKernel<TFunction> kernel = new(outputs, gradient);
        ElementWise.Run(ref kernel, gradient.Length, threads);
    }

    private static void MultiplyByMaskAndDerivative<TFunction>(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> mask, ReadOnlySpan<float> dOutputs, Span<float> gradient, int threads)
        where TFunction : IActivationFunction
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputs.Length, gradient.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, gradient.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(dOutputs.Length, gradient.Length);
        MaskedBackwardKernel<TFunction> kernel = new(outputs, mask, dOutputs, gradient);
        ElementWise.Run(ref kernel, gradient.Length, threads);
    }

    private readonly ref struct ForwardKernel<TFunction>(Span<float> values) : IElementKernel
        where TFunction : IActivationFunction
    {
        private readonly ref float _values = ref MemoryMarshal.GetReference(values);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T> => TFunction.Forward(T.Load(ref _values, index)).Store(ref _values, index);
    }

    private readonly ref struct BackwardKernel<TFunction>(ReadOnlySpan<float> outputs, Span<float> gradient) : IElementKernel
        where TFunction : IActivationFunction
    {
        private readonly ref readonly float _outputs = ref MemoryMarshal.GetReference(outputs);
        private readonly ref float _gradient = ref MemoryMarshal.GetReference(gradient);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T> =>
            TFunction.Backward(T.Load(in _outputs, index), T.Load(ref _gradient, index)).Store(ref _gradient, index);
    }

    private readonly ref struct MaskedBackwardKernel<TFunction>(
        ReadOnlySpan<float> outputs, ReadOnlySpan<float> mask, ReadOnlySpan<float> dOutputs, Span<float> gradient) : IElementKernel
        where TFunction : IActivationFunction
    {
        private readonly ref readonly float _outputs = ref MemoryMarshal.GetReference(outputs);
        private readonly ref readonly float _mask = ref MemoryMarshal.GetReference(mask);
        private readonly ref readonly float _dOutputs = ref MemoryMarshal.GetReference(dOutputs);
        private readonly ref float _gradient = ref MemoryMarshal.GetReference(gradient);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T> =>
            TFunction.Backward(T.Load(in _outputs, index), T.Load(in _dOutputs, index) * T.Load(in _mask, index)).Store(ref _gradient, index);
    }
}
