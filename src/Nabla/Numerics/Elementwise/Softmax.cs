namespace Nabla.Numerics;

/// <summary>Rows of logits to rows of probabilities, and how far these are from what was wanted.</summary>
internal static unsafe class Softmax
{
    // Rows so wide that more would be transposed, 64 MiB, are taken one by one instead, as they are. The bits are the same.
    private const long MaxTransposedFloats = 16 * 1024 * 1024;

    /// <summary>
    /// probabilities [rows, width] = eˣ / Σ eˣ of each row of logits; both may be the same memory. The row's greatest
    /// logit is subtracted first, which changes nothing but keeps eˣ from overflowing.
    /// </summary>
    public static void Rows(ReadOnlySpan<float> logits, Span<float> probabilities, int rows, int width)
    {
        ThrowIfTooSmall(logits, probabilities, rows, width);
        fixed (float* from = logits, to = probabilities)
        {
            Run(new SoftmaxJob { Logits = from, Result = to, Rows = rows, Width = width });
        }
    }

    /// <summary>
    /// The sum over all rows of −Σ target · log probability, and its gradient with respect to the logits over
    /// <paramref name="divisor"/>, (probability · Σ target − target) / divisor; all [rows, width], the gradient in memory of its
    /// own. Where that is empty, only the sum is computed.
    /// </summary>
    public static double CrossEntropy(
        ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, Span<float> gradient, int rows, int width, float divisor)
    {
        ThrowIfTooSmall(logits, gradient.IsEmpty ? logits : gradient, rows, width);
        ArgumentOutOfRangeException.ThrowIfLessThan(targets.Length, (long)rows * width);
        if (gradient.Overlaps(logits) || gradient.Overlaps(targets))
        {
            throw new ArgumentException("The gradient must have memory of its own: what it is computed from is read again after its first numbers are written.", nameof(gradient));
        }
        double loss = 0;
        fixed (float* from = logits, wanted = targets, to = gradient)
        {
            Run(new SoftmaxJob { Logits = from, Targets = wanted, Result = gradient.IsEmpty ? null : to, Rows = rows, Width = width, Divisor = divisor, Loss = &loss });
        }
        return loss;
    }

    /// <summary>Floats of thread memory that rows of this width need at most.</summary>
    public static long TransposedFloats(int width) => Math.Min(SoftmaxJob.TransposedFloats<Lanes16>(width), MaxTransposedFloats);

    private static void Run(in SoftmaxJob job)
    {
        if (SoftmaxJob.TransposedFloats<Lanes16>(job.Width) > MaxTransposedFloats)
        {
            job.Run<Lanes1>(0, 1);
        }
        else
        {
            LanesJob.Run(job, 0, 1);
        }
    }

    private static void ThrowIfTooSmall(ReadOnlySpan<float> logits, ReadOnlySpan<float> result, int rows, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(logits.Length, (long)rows * width);
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, (long)rows * width);
    }
}
