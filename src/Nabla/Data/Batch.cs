using Nabla.Numerics;

namespace Nabla;

/// <summary>Gathers rows of a data set into buffers that a network can read.</summary>
internal static class Batch
{
    // Below this many numbers a thread, handing work over costs more than it saves.
    private const int MinPerThread = 8 * 1024;

    // With more, products of whole tiles are as fast.
    private const double MaxFilled = 0.3;

    // So many samples tell how filled the others are.
    private const int TellingSamples = 1000;

    // 384 MiB of values and their places.
    private const int MaxValues = 64 * 1024 * 1024;

    // Samples at random places take the memory hundreds of cycles each: so many are under way at a time.
    private const int SamplesAhead = 4;

    /// <summary>Copies consecutive samples: destination [count, sample size].</summary>
    public static void CopyFeatures(Features features, Preprocessing preprocessing, int start, int count, Span<float> destination, int threads)
    {
        Job job = new(features, preprocessing, [], start, count, destination, bySample: true);
        Run(ref job, features, count, threads);
    }

    /// <summary>Copies the samples at the given indices.</summary>
    /// <param name="features">Where they are.</param>
    /// <param name="preprocessing">What is done to them.</param>
    /// <param name="rows">The indices.</param>
    /// <param name="destination">Receives them: [rows, sample size].</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="bySample">Whether threads take different samples; else each its features of all samples (<see cref="FeatureShares"/>).</param>
    public static void CopyFeatures(
        Features features, Preprocessing preprocessing, ReadOnlySpan<int> rows, Span<float> destination, int threads, bool bySample)
    {
        Job job = new(features, preprocessing, rows, 0, rows.Length, destination, bySample);
        Run(ref job, features, rows.Length, threads);
    }

    /// <summary>
    /// The samples without their zeros; null where too few values are zeros, a sample has too many
    /// (<see cref="SparseSamples.MaxPlaces"/>), or there would be too many in all.
    /// </summary>
    public static SparseSamples? Sparse(Features features, Preprocessing preprocessing)
    {
        int size = features.SampleShape.Size;
        if (size > SparseSamples.MaxPlaces)
        {
            return null;
        }
        float[] sample = new float[size];
        int[] starts = new int[features.Count + 1];
        for (int row = 0; row < features.Count; row++)
        {
            preprocessing.CopyPart(features, row, 0, sample);
            int end = starts[row + 1] = starts[row] + size - sample.AsSpan().Count(0f);
            bool isKnown = row >= TellingSamples || row == features.Count - 1;
            if (end > MaxValues || (isKnown && end > (row + 1L) * size * MaxFilled))
            {
                return null;
            }
        }
        SparseSamples samples = new(size, starts);
        for (int row = 0; row < features.Count; row++)
        {
            preprocessing.CopyPart(features, row, 0, sample);
            samples.Set(row, sample);
        }
        return samples;
    }

    /// <summary>Copies the targets of consecutive samples: destination [count, target size].</summary>
    public static void CopyTargets(Targets targets, int start, int count, Span<float> destination)
    {
        for (int i = 0; i < count; i++)
        {
            targets.CopyRow(start + i, destination[(i * targets.Width)..]);
        }
    }

    private static void Run(ref Job job, Features features, int count, int threads)
    {
        long numbers = (long)count * features.SampleShape.Size;
        WorkerTeam.Run(ref job, (int)Math.Clamp(numbers / MinPerThread, 1, threads));
    }

    /// <summary>Copies the rows at the given indices, or where there are none those from start on.</summary>
    private readonly ref struct Job(
        Features features, Preprocessing preprocessing, ReadOnlySpan<int> rows, int start, int count, Span<float> destination, bool bySample) : IJob
    {
        private readonly ReadOnlySpan<int> _rows = rows;
        private readonly Span<float> _destination = destination;

        public void Run(int part, int parts)
        {
            int size = features.SampleShape.Size;
            if (bySample)
            {
                Copy((int)((long)count * part / parts), (int)((long)count * (part + 1) / parts), 0, size);
            }
            else
            {
                Copy(0, count, FeatureShares.Begin(size, part, parts), FeatureShares.Begin(size, part + 1, parts));
            }
        }

        private void Copy(int firstRow, int endRow, int first, int end)
        {
            int size = features.SampleShape.Size;
            for (int row = firstRow - SamplesAhead; row < endRow; row++)
            {
                if (row + SamplesAhead < endRow)
                {
                    features.Prefetch(Sample(row + SamplesAhead), first, end - first);
                }
                if (row >= firstRow)
                {
                    preprocessing.CopyPart(features, Sample(row), first, _destination[(row * size + first)..(row * size + end)]);
                }
            }
        }

        private int Sample(int row) => _rows.IsEmpty ? start + row : _rows[row];
    }
}
