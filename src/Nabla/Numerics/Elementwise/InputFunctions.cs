using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla.Numerics;

/// <summary>Functions of single numbers whose derivatives need the input: the output does not tell it, or not as exactly.</summary>
internal static class InputFunctions
{
    /// <summary>output = f(input), element by element.</summary>
    public static void Apply<TFunction>(TFunction function, ReadOnlySpan<float> input, Span<float> output, int threads)
        where TFunction : struct, IInputFunction
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, input.Length);
        ForwardKernel<TFunction> kernel = new(function, input, output);
        ElementWise.Run(ref kernel, input.Length, threads);
    }

    /// <summary>dInput = dOutput · f′(input), element by element.</summary>
    public static void Gradient<TFunction>(TFunction function, ReadOnlySpan<float> input, ReadOnlySpan<float> dOutput, Span<float> dInput, int threads)
        where TFunction : struct, IInputFunction
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(dOutput.Length, input.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(dInput.Length, input.Length);
        BackwardKernel<TFunction> kernel = new(function, input, dOutput, dInput);
        ElementWise.Run(ref kernel, input.Length, threads);
    }

    /// <summary>x above zero, else slope · x.</summary>
    /// <param name="slope">What numbers that are not above zero are multiplied by.</param>
    public readonly struct LeakyReLU(float slope) : IInputFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Forward<T>(T x)
            where T : struct, ILanes<T> => T.WherePositive(x, x, T.Broadcast(slope) * x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Backward<T>(T x, T dy)
            where T : struct, ILanes<T> => T.WherePositive(x, dy, T.Broadcast(slope) * dy);
    }

    /// <summary>x times a number, plus another.</summary>
    public readonly struct Rescaling(float scale, float offset) : IInputFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Forward<T>(T x)
            where T : struct, ILanes<T> => x * T.Broadcast(scale) + T.Broadcast(offset);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Backward<T>(T x, T dy)
            where T : struct, ILanes<T> => dy * T.Broadcast(scale);
    }

    /// <summary>x, but at least the minimum and at most the maximum; the derivative at both is 0.</summary>
    public readonly struct Clip(float minimum, float maximum) : IInputFunction
    {
        public T Forward<T>(T x)
            where T : struct, ILanes<T> => T.Min(T.Max(x, T.Broadcast(minimum)), T.Broadcast(maximum));

        public T Backward<T>(T x, T dy)
            where T : struct, ILanes<T>
        {
            T none = T.Broadcast(0);
            return T.WherePositive(x - T.Broadcast(minimum), T.WherePositive(T.Broadcast(maximum) - x, dy, none), none);
        }
    }

    /// <summary>x · Φ(x).</summary>
    public readonly struct GELU : IInputFunction
    {
        // Below −20 Φ is 0 and so are f and its derivative; −∞ · 0 would be none.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Forward<T>(T x)
            where T : struct, ILanes<T> => T.Max(x, T.Broadcast(-20)) * Elementary.Normal(x).Below;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Backward<T>(T x, T dy)
            where T : struct, ILanes<T>
        {
            (T below, T density) = Elementary.Normal(x);
            return dy * T.FusedMultiplyAdd(T.Min(T.Max(x, T.Broadcast(-20)), T.Broadcast(20)), density, below);
        }
    }

    /// <summary>x / (1 + e⁻ˣ).</summary>
    public readonly struct SiLU : IInputFunction
    {
        // Below −104 f is 0; −∞ · 0 would be none.
        private const float Least = -104;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Forward<T>(T x)
            where T : struct, ILanes<T>
        {
            T power = Elementary.Exp(T.Broadcast(0) - T.Abs(x));
            return T.WherePositive(x, x, T.Max(x, T.Broadcast(Least)) * power) / (T.Broadcast(1) + power);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Backward<T>(T x, T dy)
            where T : struct, ILanes<T>
        {
            // f′ = σ(x) · (1 + x · σ(−x)); 1 − σ(x) would multiply the rounding of σ by x.
            T power = Elementary.Exp(T.Broadcast(0) - T.Abs(x)), larger = T.Broadcast(1) / (T.Broadcast(1) + power), smaller = power * larger;
            T bounded = T.Min(T.Max(x, T.Broadcast(Least)), T.Broadcast(-Least));
            return dy * (T.WherePositive(x, larger, smaller) * T.FusedMultiplyAdd(bounded, T.WherePositive(x, smaller, larger), T.Broadcast(1)));
        }
    }

    /// <summary>ln(1 + eˣ) as max(x, 0) + ln(1 + e^−|x|), which neither overflows nor loses what is small.</summary>
    public readonly struct Softplus : IInputFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Forward<T>(T x)
            where T : struct, ILanes<T> => T.Max(x, T.Broadcast(0)) + Elementary.LogOnePlus(Elementary.Exp(T.Broadcast(0) - T.Abs(x)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Backward<T>(T x, T dy)
            where T : struct, ILanes<T> => dy * Elementary.Sigmoid(x);
    }

    private readonly ref struct ForwardKernel<TFunction>(TFunction function, ReadOnlySpan<float> input, Span<float> output) : IElementKernel
        where TFunction : struct, IInputFunction
    {
        private readonly ref readonly float _input = ref MemoryMarshal.GetReference(input);
        private readonly ref float _output = ref MemoryMarshal.GetReference(output);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T> => function.Forward(T.Load(in _input, index)).Store(ref _output, index);
    }

    private readonly ref struct BackwardKernel<TFunction>(
        TFunction function, ReadOnlySpan<float> input, ReadOnlySpan<float> dOutput, Span<float> dInput) : IElementKernel
        where TFunction : struct, IInputFunction
    {
        private readonly ref readonly float _input = ref MemoryMarshal.GetReference(input);
        private readonly ref readonly float _dOutput = ref MemoryMarshal.GetReference(dOutput);
        private readonly ref float _dInput = ref MemoryMarshal.GetReference(dInput);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T> =>
            function.Backward(T.Load(in _input, index), T.Load(in _dOutput, index)).Store(ref _dInput, index);
    }
}

/// <summary>A function of a number and its twin; see <see cref="InputFunctions"/>. Both are to be inlined, see <see cref="WasmLanes"/>.</summary>
internal interface IInputFunction
{
    /// <summary>y = f(x).</summary>
    T Forward<T>(T x)
        where T : struct, ILanes<T>;

    /// <summary>dx = dy · f′(x).</summary>
    T Backward<T>(T x, T dy)
        where T : struct, ILanes<T>;
}
