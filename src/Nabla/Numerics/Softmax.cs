using System.Runtime.InteropServices;

namespace Nabla.Numerics;

/// <summary>Rows of scores to rows of probabilities.</summary>
internal static class Softmax
{
    /// <summary>
    /// probabilities [rows, width] = eˣ / Σ eˣ of each row of logits; both may be the same memory. The row's greatest
    /// logit is subtracted first, which changes nothing but keeps eˣ from overflowing.
    /// </summary>
    public static void Rows(ReadOnlySpan<float> logits, Span<float> probabilities, int rows, int width)
    {
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> from = logits.Slice(row * width, width);
            Span<float> to = probabilities.Slice(row * width, width);
            float greatest = from[Reductions.IndexOfMax(from)];
            for (int i = 0; i < width; i++)
            {
                to[i] = from[i] - greatest;
            }
        }
        ExpKernel exp = new(probabilities);
        ElementWise.Run(ref exp, rows * width, threads: 1);
        for (int row = 0; row < rows; row++)
        {
            Span<float> values = probabilities.Slice(row * width, width);
            float sum = 0;
            foreach (float value in values)
            {
                sum += value;
            }
            foreach (ref float value in values)
            {
                value /= sum;
            }
        }
    }

    private readonly ref struct ExpKernel(Span<float> values) : IElementKernel
    {
        private readonly ref float _values = ref MemoryMarshal.GetReference(values);

        public void Apply<T>(nint index)
            where T : struct, ILanes<T> => Elementary.Exp(T.Load(ref _values, index)).Store(ref _values, index);
    }
}
