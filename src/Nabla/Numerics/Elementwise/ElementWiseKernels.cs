using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla.Numerics;

/// <summary>Arithmetic between whole buffers.</summary>
internal static class ElementWiseKernels
{
    /// <summary>products = factors · values, element by element.</summary>
    public static void Multiply(ReadOnlySpan<float> factors, ReadOnlySpan<float> values, Span<float> products, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(factors.Length, values.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(products.Length, values.Length);
        MultiplyKernel kernel = new(factors, values, products);
        ElementWise.Run(ref kernel, values.Length, threads);
    }

    /// <summary>sums = first + second, element by element; sums may be one of the two.</summary>
    public static void Add(ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> sums, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(second.Length, first.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Length, first.Length);
        AddKernel kernel = new(first, second, sums);
        ElementWise.Run(ref kernel, sums.Length, threads);
    }

    /// <summary>
    /// products = mask · values, with a mask of <paramref name="scale"/> where a coin shows 1 and else 0, which takes the
    /// place of the draws (<see cref="NumPyRandom.DrawCoins"/>).
    /// </summary>
    public static unsafe void MultiplyByCoins(Span<uint> drawsThenMask, float scale, ReadOnlySpan<float> values, Span<float> products, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(drawsThenMask.Length, values.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(products.Length, values.Length);
        fixed (uint* draws = drawsThenMask)
        {
            fixed (float* from = values, to = products)
            {
                DropoutJob job = new() { Draws = draws, Input = from, Output = to, Length = values.Length, Scale = scale };
                WorkerTeam.Run(ref job, ElementWise.Threads(values.Length, threads));
            }
        }
    }

    /// <summary>products = mask · values, with a mask of <paramref name="scale"/> or 0 that each sample draws from its own stream.</summary>
    /// <param name="random">The streams, that of the first row first.</param>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="rate">Share of zeros, at least 0 and below 1.</param>
    /// <param name="scale">The mask's number where a value stays.</param>
    /// <param name="mask">Receives the mask: [rows, width].</param>
    /// <param name="values">[rows, width].</param>
    /// <param name="products">[rows, width].</param>
    /// <param name="rows">Number of samples.</param>
    /// <param name="threads">Threads to use.</param>
    public static unsafe void DropOut(
        SampleRandom random, int layer, double rate, float scale, Span<float> mask, ReadOnlySpan<float> values, Span<float> products, int rows, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, values.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(products.Length, values.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length % rows, 0);
        fixed (float* from = values, factors = mask, to = products)
        {
            PhiloxDropoutJob job = new()
            {
                Random = random,
                Layer = layer,
                Input = from,
                Mask = factors,
                Output = to,
                Rows = rows,
                Width = values.Length / rows,
                Threshold = PhiloxDropoutJob.ThresholdOf(rate),
                Scale = scale,
            };
            WorkerTeam.Run(ref job, Math.Min(ElementWise.Threads(values.Length, threads), rows));
        }
    }

    /// <summary>parameters = keep · parameters − rate · gradient: one step of plain gradient descent, with keep = 1 where nothing decays.</summary>
    public static void Descend(ReadOnlySpan<float> gradient, Span<float> parameters, float rate, float keep, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, parameters.Length);
        DescendKernel kernel = new(gradient, parameters, rate, keep);
        ElementWise.Run(ref kernel, parameters.Length, threads);
    }

    private readonly ref struct DescendKernel(ReadOnlySpan<float> gradient, Span<float> parameters, float rate, float keep) : IElementKernel
    {
        private readonly ref readonly float _gradient = ref MemoryMarshal.GetReference(gradient);
        private readonly ref float _parameters = ref MemoryMarshal.GetReference(parameters);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T> =>
            T.FusedMultiplyAdd(T.Broadcast(-rate), T.Load(in _gradient, index), T.Load(ref _parameters, index) * T.Broadcast(keep)).Store(ref _parameters, index);
    }

    private readonly ref struct AddKernel(ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> sums) : IElementKernel
    {
        private readonly ref readonly float _first = ref MemoryMarshal.GetReference(first);
        private readonly ref readonly float _second = ref MemoryMarshal.GetReference(second);
        private readonly ref float _sums = ref MemoryMarshal.GetReference(sums);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T> => (T.Load(in _first, index) + T.Load(in _second, index)).Store(ref _sums, index);
    }

    private readonly ref struct MultiplyKernel(ReadOnlySpan<float> factors, ReadOnlySpan<float> values, Span<float> products) : IElementKernel
    {
        private readonly ref readonly float _factors = ref MemoryMarshal.GetReference(factors);
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref float _products = ref MemoryMarshal.GetReference(products);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T> => (T.Load(in _values, index) * T.Load(in _factors, index)).Store(ref _products, index);
    }

    /// <summary>noisy = values + deviation · n, with normal numbers n that each sample draws from its own stream.</summary>
    /// <param name="random">The streams, that of the first row first.</param>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="deviation">The standard deviation.</param>
    /// <param name="values">[rows, width].</param>
    /// <param name="noisy">[rows, width].</param>
    /// <param name="rows">Number of samples.</param>
    /// <param name="threads">Threads to use.</param>
    public static unsafe void AddNoise(SampleRandom random, int layer, float deviation, ReadOnlySpan<float> values, Span<float> noisy, int rows, int threads)
    {
        // Drawing a number takes as long as copying this many.
        const int CopiesPerDraw = 32;
        ArgumentOutOfRangeException.ThrowIfNotEqual(noisy.Length, values.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length % rows, 0);
        fixed (float* from = values, to = noisy)
        {
            GaussianNoiseJob job = new()
            {
                Random = random,
                Layer = layer,
                Input = from,
                Output = to,
                Rows = rows,
                Width = values.Length / rows,
                Deviation = deviation,
            };
            WorkerTeam.Run(ref job, Math.Min(ElementWise.Threads((int)Math.Min(int.MaxValue, (long)values.Length * CopiesPerDraw), threads), rows));
        }
    }
}
