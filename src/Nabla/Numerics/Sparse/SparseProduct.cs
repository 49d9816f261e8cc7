using System.Runtime.CompilerServices;

namespace Nabla.Numerics;

/// <summary>
/// Products of sparse samples and matrices of a few columns, on one thread. They have the bits of <see cref="MatrixProduct"/>,
/// which multiplies the zeros as well.
/// </summary>
internal static unsafe class SparseProduct
{
    /// <summary>Most columns: with more, tiles fetch each weight for a dozen samples, and that is faster.</summary>
    public const int MaxColumns = 16;

    // The matrix, or its gradient, in rows of one cache line: whole vectors can be read from the last row, too.
    [ThreadStatic]
    private static float[]? _lines;

    /// <summary>result [samples, columns] = f(bias [columns] + samples · right [inner, columns]), with the activation f; no bias where it is empty.</summary>
    public static void Multiply(SparseInput samples, ReadOnlySpan<float> right, ReadOnlySpan<float> bias, Span<float> result, int columns, Activation activation)
    {
        ThrowUnlessFit(samples, right, result, columns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bias.Length, bias.IsEmpty ? 0 : columns);
        Span<float> start = stackalloc float[MaxColumns];
        start.Clear();
        bias.CopyTo(start);
        fixed (float* matrix = right, first = start, to = result)
        {
            MultiplyJob job = new(samples, matrix, LinesFor(samples), first, to, columns);
            LanesJob.Run(job, part: 0, parts: 1);
        }
        ActivationKernels.Apply(activation, result[..(samples.Count * columns)], threads: 1);
    }

    /// <summary>result [inner, columns] = or += samplesᵀ · right, with right [samples, columns].</summary>
    public static void MultiplyTransposed(SparseInput samples, ReadOnlySpan<float> right, Span<float> result, int columns, GradientUse use)
    {
        ThrowUnlessFit(samples, result, right, columns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(use.DescentRate, 0);
        fixed (float* from = right, to = result)
        {
            MultiplyTransposedJob job = new(samples, from, to, LinesFor(samples), columns, use.Adds);
            LanesJob.Run(job, part: 0, parts: 1);
        }
    }

    private static float* LinesFor(SparseInput samples) => ThreadMemory.Of(ref _lines, (long)samples.Size * MaxColumns);

    private static void ThrowUnlessFit(SparseInput samples, ReadOnlySpan<float> matrix, ReadOnlySpan<float> rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, MaxColumns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(matrix.Length, (long)samples.Size * columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, (long)samples.Count * columns);
    }

    private static void CopyToLines<T>(float* matrix, float* lines, int rows, int columns)
        where T : struct, ILanes<T>
    {
        for (int column = 0; column < columns; column += T.Count)
        {
            T mask = T.FirstLanes(columns - column);
            for (nint row = 0; row < rows; row++)
            {
                T.LoadWhere(mask, matrix + row * columns + column).Store(ref *lines, row * MaxColumns + column);
            }
        }
    }

    private static void CopyFromLines<T>(float* lines, float* matrix, int rows, int columns)
        where T : struct, ILanes<T>
    {
        for (int column = 0; column < columns; column += T.Count)
        {
            T mask = T.FirstLanes(columns - column);
            for (nint row = 0; row < rows; row++)
            {
                T.Load(in *lines, row * MaxColumns + column).StoreWhere(mask, matrix + row * columns + column);
            }
        }
    }

    private readonly struct MultiplyJob(SparseInput samples, float* matrix, float* lines, float* start, float* result, int columns) : ILanesJob
    {
        public void Run<T>(int part, int parts)
            where T : struct, ILanes<T>
        {
            CopyToLines<T>(matrix, lines, samples.Size, columns);
            int sample = 0;
            for (; sample + 3 < samples.Count; sample += 4)
            {
                MultiplyFour<T>(sample);
            }
            for (; sample < samples.Count; sample++)
            {
                fixed (ushort* places = samples.Places(sample))
                fixed (float* values = samples.Values(sample))
                {
                    for (int column = 0; column < columns; column += T.Count)
                    {
                        Finish(sample, column, T.Load(in *start, column), places, values, done: 0);
                    }
                }
            }
        }

        /// <summary>Four at a time, because each sum of one waits for the multiply-add before.</summary>
        private void MultiplyFour<T>(int sample)
            where T : struct, ILanes<T>
        {
            int common = Math.Min(Math.Min(Count(sample), Count(sample + 1)), Math.Min(Count(sample + 2), Count(sample + 3)));
            fixed (ushort* places0 = samples.Places(sample), places1 = samples.Places(sample + 1), places2 = samples.Places(sample + 2), places3 = samples.Places(sample + 3))
            fixed (float* values0 = samples.Values(sample), values1 = samples.Values(sample + 1), values2 = samples.Values(sample + 2), values3 = samples.Values(sample + 3))
            {
                for (int column = 0; column < columns; column += T.Count)
                {
                    T sum0 = T.Load(in *start, column), sum1 = sum0, sum2 = sum0, sum3 = sum0;
                    float* from = lines + column;
                    for (nint i = 0; i < common; i++)
                    {
                        T.AddProduct(ref sum0, T.Load(in *from, (nint)places0[i] * MaxColumns), values0 + i);
                        T.AddProduct(ref sum1, T.Load(in *from, (nint)places1[i] * MaxColumns), values1 + i);
                        T.AddProduct(ref sum2, T.Load(in *from, (nint)places2[i] * MaxColumns), values2 + i);
                        T.AddProduct(ref sum3, T.Load(in *from, (nint)places3[i] * MaxColumns), values3 + i);
                    }
                    Finish(sample, column, sum0, places0, values0, common);
                    Finish(sample + 1, column, sum1, places1, values1, common);
                    Finish(sample + 2, column, sum2, places2, values2, common);
                    Finish(sample + 3, column, sum3, places3, values3, common);
                }
            }
        }

        private int Count(int sample) => samples.Places(sample).Length;

        // Inlined because of what WasmLanes tells of arguments.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Finish<T>(int sample, int column, T sum, ushort* places, float* values, int done)
            where T : struct, ILanes<T>
        {
            int count = Count(sample);
            float* from = lines + column;
            for (nint i = done; i < count; i++)
            {
                T.AddProduct(ref sum, T.Load(in *from, (nint)places[i] * MaxColumns), values + i);
            }
            sum.StoreWhere(T.FirstLanes(columns - column), result + (nint)sample * columns + column);
        }
    }

    private readonly struct MultiplyTransposedJob(SparseInput samples, float* right, float* result, float* lines, int columns, bool adds) : ILanesJob
    {
        public void Run<T>(int part, int parts)
            where T : struct, ILanes<T>
        {
            if (adds)
            {
                CopyToLines<T>(result, lines, samples.Size, columns);
            }
            else
            {
                new Span<float>(lines, samples.Size * MaxColumns).Clear();
            }
            for (int sample = 0; sample < samples.Count; sample++)
            {
                Add<T>(sample);
            }
            CopyFromLines<T>(lines, result, samples.Size, columns);
        }

        private void Add<T>(int sample)
            where T : struct, ILanes<T>
        {
            int count = samples.Places(sample).Length;
            fixed (ushort* places = samples.Places(sample))
            fixed (float* values = samples.Values(sample))
            {
                for (int column = 0; column < columns; column += T.Count)
                {
                    T factor = T.LoadWhere(T.FirstLanes(columns - column), right + (nint)sample * columns + column);
                    float* to = lines + column;
                    for (nint i = 0; i < count; i++)
                    {
                        nint place = (nint)places[i] * MaxColumns;
                        T sum = T.Load(in *to, place);
                        T.AddProduct(ref sum, factor, values + i);
                        sum.Store(ref *to, place);
                    }
                }
            }
        }
    }
}
