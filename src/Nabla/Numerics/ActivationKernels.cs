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
            case Activation.Sigmoid: Apply<Sigmoid>(values, threads); break;
            case Activation.Tanh: Apply<Tanh>(values, threads); break;
            case Activation.ReLU: Apply<ReLU>(values, threads); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, null);
        }
    }

    /// <summary>gradient *= f′, with f′ computed from <paramref name="outputs"/> = f(x).</summary>
    public static void MultiplyByDerivative(Activation activation, ReadOnlySpan<float> outputs, Span<float> gradient, int threads)
    {
        switch (activation)
        {
            case Activation.Identity: break;
            case Activation.Sigmoid: MultiplyByDerivative<Sigmoid>(outputs, gradient, threads); break;
            case Activation.Tanh: MultiplyByDerivative<Tanh>(outputs, gradient, threads); break;
            case Activation.ReLU: MultiplyByDerivative<ReLU>(outputs, gradient, threads); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, null);
        }
    }

    private static void Apply<TFunction>(Span<float> values, int threads)
        where TFunction : IFunction
    {
        ForwardKernel<TFunction> kernel = new(values);
        ElementWise.Run(ref kernel, values.Length, threads);
    }

    private static void MultiplyByDerivative<TFunction>(ReadOnlySpan<float> outputs, Span<float> gradient, int threads)
        where TFunction : IFunction
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputs.Length, gradient.Length);
        BackwardKernel<TFunction> kernel = new(outputs, gradient);
        ElementWise.Run(ref kernel, gradient.Length, threads);
    }

    /// <summary>An activation function and its twin.</summary>
    private interface IFunction
    {
        /// <summary>y = f(x).</summary>
        static abstract T Forward<T>(T x)
            where T : struct, ILanes<T>;

        /// <summary>dx = dy · f′(x), written in terms of y.</summary>
        static abstract T Backward<T>(T y, T dy)
            where T : struct, ILanes<T>;
    }

    private readonly struct Sigmoid : IFunction
    {
        public static T Forward<T>(T x)
            where T : struct, ILanes<T> => Elementary.Sigmoid(x);

        public static T Backward<T>(T y, T dy)
            where T : struct, ILanes<T> => dy * (y * (T.Broadcast(1) - y));
    }

    private readonly struct Tanh : IFunction
    {
        public static T Forward<T>(T x)
            where T : struct, ILanes<T> => Elementary.Tanh(x);

        public static T Backward<T>(T y, T dy)
            where T : struct, ILanes<T> => dy * (T.Broadcast(1) - y * y);
    }

    private readonly struct ReLU : IFunction
    {
        public static T Forward<T>(T x)
            where T : struct, ILanes<T> => T.Max(x, T.Broadcast(0));

        public static T Backward<T>(T y, T dy)
            where T : struct, ILanes<T> => T.WherePositive(y, dy, T.Broadcast(0));
    }

    private readonly ref struct ForwardKernel<TFunction>(Span<float> values) : IElementKernel
        where TFunction : IFunction
    {
        private readonly ref float _values = ref MemoryMarshal.GetReference(values);

        public void Apply<T>(nint index)
            where T : struct, ILanes<T> => TFunction.Forward(T.Load(ref _values, index)).Store(ref _values, index);
    }

    private readonly ref struct BackwardKernel<TFunction>(ReadOnlySpan<float> outputs, Span<float> gradient) : IElementKernel
        where TFunction : IFunction
    {
        private readonly ref readonly float _outputs = ref MemoryMarshal.GetReference(outputs);
        private readonly ref float _gradient = ref MemoryMarshal.GetReference(gradient);

        public void Apply<T>(nint index)
            where T : struct, ILanes<T> =>
            TFunction.Backward(T.Load(in _outputs, index), T.Load(ref _gradient, index)).Store(ref _gradient, index);
    }
}
