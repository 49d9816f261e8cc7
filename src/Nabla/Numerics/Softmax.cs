namespace Nabla.Numerics;

/// <summary>Rows of logits to rows of probabilities, and how far these are from what was wanted.</summary>
internal static unsafe class Softmax
{
    /// <summary>
    /// probabilities [rows, width] = eˣ / Σ eˣ of each row of logits; both may be the same memory. The row's greatest
    /// logit is subtracted first, which changes nothing but keeps eˣ from overflowing.
    /// </summary>
    public static void Rows(ReadOnlySpan<float> logits, Span<float> probabilities, int rows, int width)
    {
        ThrowIfTooSmall(logits, probabilities, rows, width);
        fixed (float* from = logits, to = probabilities)
        {
            SoftmaxJob job = new() { Logits = from, Result = to, Rows = rows, Width = width };
            LanesJob.Run(job, 0, 1);
        }
    }

    /// <summary>
    /// The sum over all rows of −Σ target · log probability, and its gradient with respect to the logits over
    /// <paramref name="divisor"/>, (probability · Σ target − target) / divisor; all [rows, width].
    /// </summary>
    public static double CrossEntropy(
        ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, Span<float> gradient, int rows, int width, float divisor)
    {
        ThrowIfTooSmall(logits, gradient, rows, width);
        ArgumentOutOfRangeException.ThrowIfLessThan(targets.Length, (long)rows * width);
        double loss = 0;
        fixed (float* from = logits, wanted = targets, to = gradient)
        {
            SoftmaxJob job = new() { Logits = from, Targets = wanted, Result = to, Rows = rows, Width = width, Divisor = divisor, Loss = &loss };
            LanesJob.Run(job, 0, 1);
        }
        return loss;
    }

    private static void ThrowIfTooSmall(ReadOnlySpan<float> logits, ReadOnlySpan<float> result, int rows, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(logits.Length, (long)rows * width);
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, (long)rows * width);
    }
}
