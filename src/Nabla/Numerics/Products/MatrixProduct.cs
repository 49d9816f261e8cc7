namespace Nabla.Numerics;

/// <summary>
/// The three matrix products of a dense layer. Every element of a result is one chain of fused multiply-adds over the
/// inner index, ascending, whatever the number of threads: so its bits depend on nothing but the numbers.
/// </summary>
/// <remarks>
/// In all three, <c>sharesFeatures</c> says that threads share the features of the layer's input rather than its samples:
/// see <see cref="FeatureShares"/>. How a product is then computed is chosen in one place, <see cref="Choose"/>, and changes no bits.
/// </remarks>
internal static unsafe class MatrixProduct
{
    // Below this many multiply-adds a thread, handing work over costs more than it saves.
    private const long MinPerThread = 160 * 1024;

    /// <summary>
    /// result [rows, columns] = f(bias [columns] + left [rows, inner] · right [inner, columns]), with the activation f; no
    /// bias where it is empty.
    /// </summary>
    public static void Multiply(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, ReadOnlySpan<float> bias, Span<float> result,
        int rows, int inner, int columns, int threads, Activation activation = Activation.Identity, bool sharesFeatures = false)
    {
        if (!bias.IsEmpty)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(bias.Length, columns);
        }
        ThrowIfTooSmall(left, right, result, rows, inner, columns);
        fixed (float* l = left, r = right, b = bias, c = result)
        {
            MatrixJob job = new()
            {
                Left = l,
                LeftRow = inner,
                LeftStep = 1,
                Right = r,
                RightRow = columns,
                Result = c,
                Rows = rows,
                Inner = inner,
                Columns = columns,
                Start = bias.IsEmpty ? null : b,
                StartRow = 0,
                Activation = activation,
            };
            Run(ref job, threads, sharesFeatures);
        }
    }

    /// <summary>result [rows, columns] = or += leftᵀ · right, with left [inner, rows] and right [inner, columns].</summary>
    public static void MultiplyLeftTransposed(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result, int rows, int inner, int columns, int threads, GradientUse use,
        bool sharesFeatures = false)
    {
        ThrowIfTooSmall(left, right, result, rows, inner, columns);
        if (use.DescentRate > 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(inner, MatrixJob.BlockDepth);
        }
        fixed (float* l = left, r = right, c = result)
        {
            MatrixJob job = new()
            {
                Left = l,
                LeftRow = 1,
                LeftStep = rows,
                Right = r,
                RightRow = columns,
                Result = c,
                Rows = rows,
                Inner = inner,
                Columns = columns,
                Start = use.Adds ? c : null,
                StartRow = columns,
                DescentRate = use.DescentRate,
            };
            Run(ref job, threads, sharesFeatures);
        }
    }

    /// <summary>result [rows, columns] = left [rows, inner] · rightᵀ, with right [columns, inner].</summary>
    public static void MultiplyRightTransposed(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result, int rows, int inner, int columns, int threads)
    {
        ThrowIfTooSmall(left, right, result, rows, inner, columns);
        fixed (float* l = left, r = right, c = result)
        {
            MatrixJob job = new()
            {
                Left = l,
                LeftRow = inner,
                LeftStep = 1,
                Right = r,
                RightRow = inner,
                RightIsTransposed = true,
                Result = c,
                Rows = rows,
                Inner = inner,
                Columns = columns,
            };
            Run(ref job, threads, sharesFeatures: false);
        }
    }

    /// <summary>Memory that a thread needs, at most, to take so many samples through a layer with weights [inputs, outputs].</summary>
    public static ThreadFloats ThreadFloats(int rows, int inputs, int outputs, bool training)
    {
        if (!training)
        {
            return new ThreadFloats(rows == 1 ? 0 : MatrixJob.PackedFloats, 0, 0);
        }
        // A pipeline packs all its samples at once, and hands on sums for whole panels.
        long sums = rows * (outputs + (long)MatrixPipelineJob.MaxColumnsAtOnce), sumsOfThinResult = 2 * TransposedProduct.MaxThinColumns * (inputs + (long)MatrixPipelineJob.MaxColumnsAtOnce);
        return new ThreadFloats(MatrixJob.PackedFloats + 2L * rows * inputs, 0, Math.Max(sums, rows * (outputs + (long)TransposedProduct.MaxRows)) + sumsOfThinResult);
    }

    /// <summary>How a forward product is computed, and how many of the threads take part.</summary>
    public static (ProductAlgorithm Algorithm, int Threads) PlanOf(int rows, int inner, int columns, int threads, bool sharesFeatures)
    {
        int parts = ThreadsOf(rows, inner, columns, threads);
        return (Choose(new MatrixJob { LeftRow = inner, LeftStep = 1, Rows = rows, Inner = inner, Columns = columns }, parts, sharesFeatures), parts);
    }

    private static int ThreadsOf(int rows, int inner, int columns, int threads)
    {
        // A single sample stays on one thread: most of its work is skipped, see SparseRow.
        bool isSingle = rows == 1 || inner == 1;
        return isSingle ? 1 : (int)Math.Clamp((long)rows * inner * columns / MinPerThread, 1, threads);
    }

    private static void Run(ref MatrixJob job, int threads, bool sharesFeatures)
    {
        if (job.Rows == 0 || job.Columns == 0)
        {
            return;
        }
        int parts = ThreadsOf(job.Rows, job.Inner, job.Columns, threads);
        job.Algorithm = Choose(job, parts, sharesFeatures);
        switch (job.Algorithm)
        {
            case ProductAlgorithm.Pipeline:
                MatrixPipelineJob.Run(job, parts);
                break;
            case ProductAlgorithm.ThinResultBySamples:
                TransposedProduct.RunThinResultBySamples(job, parts);
                break;
            default:
                WorkerTeam.Run(ref job, parts);
                break;
        }
    }

    /// <summary>The fastest way for a product on so many threads.</summary>
    public static ProductAlgorithm Choose(in MatrixJob job, int parts, bool sharesFeatures)
    {
        if (WasmLanes.IsSupported)
        {
            return ProductAlgorithm.Rows;
        }
        bool leftIsTransposed = job.LeftRow == 1;
        if (MatrixPipelineJob.Fits(job.Inner, parts))
        {
            // Threads keep to what is theirs: of a forward product the inner index goes over features, of the weights' gradient over samples.
            if (sharesFeatures && !leftIsTransposed && !job.RightIsTransposed)
            {
                return ProductAlgorithm.Pipeline;
            }
            if (!sharesFeatures && TransposedProduct.FitsThinResult(job))
            {
                return ProductAlgorithm.ThinResultBySamples;
            }
        }
        return job.Rows == 1 && job.LeftStep == 1 && job.DescentRate == 0 && !job.RightIsTransposed ? ProductAlgorithm.OneRow
            : job.Inner == 1 && leftIsTransposed && (job.DescentRate != 0 || job.Start == job.Result) ? ProductAlgorithm.OuterProduct
            : TransposedProduct.FitsThinResult(job) ? ProductAlgorithm.ThinResult
            : TransposedProduct.FitsLargeRight(job) ? ProductAlgorithm.LargeRight
            : ProductAlgorithm.Tiles;
    }

    /// <summary>The kernels read and write through pointers: this is where their bounds are checked.</summary>
    private static void ThrowIfTooSmall(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, ReadOnlySpan<float> result, int rows, int inner, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(left.Length, (long)rows * inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(right.Length, (long)inner * columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, (long)rows * columns);
    }
}
