using System.Runtime.InteropServices;

namespace Nabla.Numerics;

/// <summary>
/// Normalisation of the channels (columns) of values [rows, channels], where the rows are all positions of all samples of a batch.
/// Sums over rows are made in parts, as many as rows and channels ask for, and those of the parts are added up in order: so the bits
/// do not depend on who takes them.
/// </summary>
internal static class ChannelNormalization
{
    // Below this many numbers a thread, handing work over costs more than it saves.
    private const int MinPerThread = 16 * 1024;

    // What stays in the first-level cache while a block of rows is gone over channel by channel.
    private const int BlockFloats = 4096;

    /// <summary>Into how many parts the rows are cut for sums.</summary>
    public static int PartsOf(long rows, int channels) =>
        (int)Math.Min(rows, Math.Clamp(rows * channels / ExecutionPlan.FloatsPerPartOfStatistics, 1, ExecutionPlan.MaxPartsOfStatistics));

    /// <summary>Floats of memory for the sums of the parts.</summary>
    public static int ScratchSize(int channels) => 2 * ExecutionPlan.MaxPartsOfStatistics * channels;

    /// <summary>The mean and the variance (of the population) of each channel.</summary>
    /// <param name="values">[rows, channels].</param>
    /// <param name="mean">Receives [channels].</param>
    /// <param name="variance">Receives [channels].</param>
    /// <param name="scratch">Memory of <see cref="ScratchSize"/> floats.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="channels">At least 1.</param>
    /// <param name="threads">Threads that may be used.</param>
    public static void Moments(ReadOnlySpan<float> values, Span<float> mean, Span<float> variance, Span<float> scratch, int rows, int channels, int threads)
    {
        int parts = PartsOf(rows, channels);
        MomentsJob job = new(values[..(rows * channels)], scratch[..(2 * parts * channels)], rows, channels, parts);
        WorkerTeam.Run(ref job, Threads(rows, channels, Math.Min(parts, threads)));
        // Of a part: numbers, sum and sum of squares, both less the part's first row, which is near the mean; T. F. Chan, G. H. Golub and
        // R. J. LeVeque, "Algorithms for computing the sample variance", 1983, for what two parts have together.
        Span<double> ofPart = stackalloc double[3 * parts];
        double before = 0;
        for (int part = 0; part < parts; part++)
        {
            double count = FirstRow(rows, part + 1, parts) - FirstRow(rows, part, parts);
            ofPart[3 * part] = 1 / count;
            ofPart[3 * part + 1] = count / (before + count);
            ofPart[3 * part + 2] = before * count / (before + count);
            before += count;
        }
        for (int channel = 0; channel < channels; channel++)
        {
            double all = 0, squares = 0;
            for (int part = 0; part < parts; part++)
            {
                double sum = scratch[2 * part * channels + channel];
                double shifted = sum * ofPart[3 * part];
                double difference = values[FirstRow(rows, part, parts) * channels + channel] + shifted - all;
                squares += Math.Max(0, scratch[(2 * part + 1) * channels + channel] - sum * shifted) + difference * difference * ofPart[3 * part + 2];
                all += difference * ofPart[3 * part + 1];
            }
            mean[channel] = (float)all;
            variance[channel] = (float)(squares / rows);
        }
    }

    /// <summary>output = f((values − mean) / √(variance + epsilon) · scale + offset), channel by channel.</summary>
    public static void Normalize(
        ReadOnlySpan<float> values, in ChannelStatistics statistics, ReadOnlySpan<float> scale, ReadOnlySpan<float> offset,
        Span<float> output, int rows, int channels, Activation activation, int threads)
    {
        NormalizeKernel kernel = new(values, statistics, scale, offset, output, channels);
        switch (activation)
        {
            case Activation.Identity: Run(new NormalizeJob<ActivationFunctions.Identity>(kernel, rows), rows, channels, threads); break;
            case Activation.Sigmoid: Run(new NormalizeJob<ActivationFunctions.Sigmoid>(kernel, rows), rows, channels, threads); break;
            case Activation.Tanh: Run(new NormalizeJob<ActivationFunctions.Tanh>(kernel, rows), rows, channels, threads); break;
            case Activation.ReLU: Run(new NormalizeJob<ActivationFunctions.ReLU>(kernel, rows), rows, channels, threads); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, null);
        }
    }

    /// <summary>
    /// The way back through the activation, and the gradients of scale and offset: gradient *= f′(output); dOffset = its sum over the
    /// rows, dScale = the sum of its products with the normalised values.
    /// </summary>
    /// <param name="values">What was normalised, [rows, channels].</param>
    /// <param name="output">What came out.</param>
    /// <param name="gradient">The gradient of what came out; becomes that before the activation.</param>
    /// <param name="statistics">Of the channels.</param>
    /// <param name="dScale">Receives [channels].</param>
    /// <param name="dOffset">Receives [channels].</param>
    /// <param name="scratch">Memory of <see cref="ScratchSize"/> floats.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="channels">At least 1.</param>
    /// <param name="activation">f.</param>
    /// <param name="threads">Threads that may be used.</param>
    public static void BackwardSums(
        ReadOnlySpan<float> values, ReadOnlySpan<float> output, Span<float> gradient, in ChannelStatistics statistics,
        Span<float> dScale, Span<float> dOffset, Span<float> scratch, int rows, int channels, Activation activation, int threads)
    {
        int parts = PartsOf(rows, channels);
        BackwardSumsKernel kernel = new(values, output, gradient, statistics.Mean, scratch[..(2 * parts * channels)], channels);
        int mostThreads = Math.Min(parts, threads);
        switch (activation)
        {
            case Activation.Identity: Run(new BackwardSumsJob<ActivationFunctions.Identity>(kernel, rows, parts), rows, channels, mostThreads); break;
            case Activation.Sigmoid: Run(new BackwardSumsJob<ActivationFunctions.Sigmoid>(kernel, rows, parts), rows, channels, mostThreads); break;
            case Activation.Tanh: Run(new BackwardSumsJob<ActivationFunctions.Tanh>(kernel, rows, parts), rows, channels, mostThreads); break;
            case Activation.ReLU: Run(new BackwardSumsJob<ActivationFunctions.ReLU>(kernel, rows, parts), rows, channels, mostThreads); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, null);
        }
        for (int channel = 0; channel < channels; channel++)
        {
            double sum = 0, products = 0;
            for (int part = 0; part < parts; part++)
            {
                sum += scratch[2 * part * channels + channel];
                products += scratch[(2 * part + 1) * channels + channel];
            }
            dOffset[channel] = (float)sum;
            dScale[channel] = (float)(products / MathF.Sqrt(statistics.Variance[channel] + statistics.Epsilon));
        }
    }

    /// <summary>
    /// dInput = scale / deviation · (gradient − dOffset / rows − normalised value · dScale / rows): S. Ioffe and C. Szegedy, "Batch normalization",
    /// 2015, with both sums as <see cref="BackwardSums"/> leaves them. Without the sums, for statistics that do not depend on the values, scale / deviation · gradient.
    /// </summary>
    public static void BackwardInput(
        ReadOnlySpan<float> values, ReadOnlySpan<float> gradient, in ChannelStatistics statistics, ReadOnlySpan<float> scale,
        ReadOnlySpan<float> dScale, ReadOnlySpan<float> dOffset, Span<float> dInput, int rows, int channels, int threads) =>
        Run(new BackwardInputJob(values, gradient, statistics, scale, dScale, dOffset, dInput, rows, channels), rows, channels, threads);

    private static int Threads(long rows, int channels, int most) => (int)Math.Clamp(rows * channels / MinPerThread, 1, most);

    private static void Run<TJob>(TJob job, int rows, int channels, int threads)
        where TJob : struct, IJob, allows ref struct => WorkerTeam.Run(ref job, Threads(rows, channels, threads));

    private static int FirstRow(int rows, int part, int parts) => (int)((long)rows * part / parts);

    private static int BlockRows(int channels) => Math.Max(1, BlockFloats / channels);

    private readonly ref struct MomentsJob(ReadOnlySpan<float> values, Span<float> sums, int rows, int channels, int parts) : IJob
    {
        private readonly ReadOnlySpan<float> _values = values;
        private readonly Span<float> _sums = sums;

        public void Run(int thread, int threads)
        {
            for (int part = parts * thread / threads; part < parts * (thread + 1) / threads; part++)
            {
                int first = FirstRow(rows, part, parts), end = FirstRow(rows, part + 1, parts);
                Span<float> sums = _sums.Slice(2 * part * channels, 2 * channels);
                sums.Clear();
                for (int row = first, next; row < end; row = next)
                {
                    next = Math.Min(row + BlockRows(channels), end);
                    MomentsKernel kernel = new(_values[(first * channels)..], _values[(row * channels)..], sums, next - row, channels);
                    ElementWise.RunRange(ref kernel, 0, channels);
                }
            }
        }
    }

    /// <summary>Adds what the rows of a block differ from the part's first row, and the squares of that; even and odd rows apart, since each sum waits for itself.</summary>
    private readonly ref struct MomentsKernel(ReadOnlySpan<float> shift, ReadOnlySpan<float> block, Span<float> sums, int rows, int channels) : IElementKernel
    {
        private readonly ref readonly float _shift = ref MemoryMarshal.GetReference(shift);
        private readonly ref readonly float _block = ref MemoryMarshal.GetReference(block);
        private readonly ref float _sums = ref MemoryMarshal.GetReference(sums);

        public void Apply<T>(nint channel)
            where T : struct, ILanes<T>
        {
            T shift = T.Load(in _shift, channel);
            T evenSum = default, oddSum = default, evenSquares = default, oddSquares = default;
            nint at = channel;
            int row = 0;
            for (; row + 1 < rows; row += 2, at += 2 * channels)
            {
                T even = T.Load(in _block, at) - shift, odd = T.Load(in _block, at + channels) - shift;
                evenSum += even;
                oddSum += odd;
                evenSquares = T.FusedMultiplyAdd(even, even, evenSquares);
                oddSquares = T.FusedMultiplyAdd(odd, odd, oddSquares);
            }
            if (row < rows)
            {
                T even = T.Load(in _block, at) - shift;
                evenSum += even;
                evenSquares = T.FusedMultiplyAdd(even, even, evenSquares);
            }
            (T.Load(ref _sums, channel) + (evenSum + oddSum)).Store(ref _sums, channel);
            (T.Load(ref _sums, channel + channels) + (evenSquares + oddSquares)).Store(ref _sums, channel + channels);
        }
    }

    private readonly ref struct NormalizeKernel(
        ReadOnlySpan<float> values, ChannelStatistics statistics, ReadOnlySpan<float> scale, ReadOnlySpan<float> offset, Span<float> output, int channels)
    {
        private readonly ChannelStatistics _statistics = statistics;
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref readonly float _scale = ref MemoryMarshal.GetReference(scale);
        private readonly ref readonly float _offset = ref MemoryMarshal.GetReference(offset);
        private readonly ref float _output = ref MemoryMarshal.GetReference(output);

        public int Channels { get; } = channels;

        public void Apply<T, TFunction>(nint channel, int firstRow, int endRow)
            where T : struct, ILanes<T>
            where TFunction : IActivationFunction
        {
            T factor = T.Load(in _scale, channel) * _statistics.InverseDeviation<T>(channel);
            T offset = T.Load(in _offset, channel), mean = T.Load(in MemoryMarshal.GetReference(_statistics.Mean), channel);
            nint at = (nint)firstRow * Channels + channel;
            for (int row = firstRow; row < endRow; row++, at += Channels)
            {
                // Not values · factor + one offset: where the mean is large, that would be the difference of large numbers.
                TFunction.Forward(T.FusedMultiplyAdd(T.Load(in _values, at) - mean, factor, offset)).Store(ref _output, at);
            }
        }
    }

    private readonly ref struct NormalizeJob<TFunction>(NormalizeKernel kernel, int rows) : IJob
        where TFunction : IActivationFunction
    {
        private readonly NormalizeKernel _kernel = kernel;

        public void Run(int thread, int threads)
        {
            int end = FirstRow(rows, thread + 1, threads);
            for (int row = FirstRow(rows, thread, threads), next; row < end; row = next)
            {
                next = Math.Min(row + BlockRows(_kernel.Channels), end);
                Block block = new(_kernel, row, next);
                ElementWise.RunRange(ref block, 0, _kernel.Channels);
            }
        }

        private readonly ref struct Block(NormalizeKernel kernel, int firstRow, int endRow) : IElementKernel
        {
            private readonly NormalizeKernel _kernel = kernel;

            public void Apply<T>(nint channel)
                where T : struct, ILanes<T> => _kernel.Apply<T, TFunction>(channel, firstRow, endRow);
        }
    }

    private readonly ref struct BackwardSumsKernel(
        ReadOnlySpan<float> values, ReadOnlySpan<float> output, Span<float> gradient, ReadOnlySpan<float> mean, Span<float> sums, int channels)
    {
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref readonly float _output = ref MemoryMarshal.GetReference(output);
        private readonly ref float _gradient = ref MemoryMarshal.GetReference(gradient);
        private readonly ref readonly float _mean = ref MemoryMarshal.GetReference(mean);
        private readonly Span<float> _sums = sums;

        public int Channels { get; } = channels;

        public Span<float> SumsOf(int part) => _sums.Slice(2 * part * Channels, 2 * Channels);

        public void Apply<T, TFunction>(nint channel, int part, int firstRow, int endRow)
            where T : struct, ILanes<T>
            where TFunction : IActivationFunction
        {
            ref float sums = ref MemoryMarshal.GetReference(SumsOf(part));
            T mean = T.Load(in _mean, channel);
            T evenSum = default, oddSum = default, evenProducts = default, oddProducts = default;
            nint at = (nint)firstRow * Channels + channel;
            int row = firstRow;
            for (; row + 1 < endRow; row += 2, at += 2 * Channels)
            {
                T even = Gradient<T, TFunction>(at), odd = Gradient<T, TFunction>(at + Channels);
                evenSum += even;
                oddSum += odd;
                evenProducts = T.FusedMultiplyAdd(even, T.Load(in _values, at) - mean, evenProducts);
                oddProducts = T.FusedMultiplyAdd(odd, T.Load(in _values, at + Channels) - mean, oddProducts);
            }
            if (row < endRow)
            {
                T even = Gradient<T, TFunction>(at);
                evenSum += even;
                evenProducts = T.FusedMultiplyAdd(even, T.Load(in _values, at) - mean, evenProducts);
            }
            (T.Load(ref sums, channel) + (evenSum + oddSum)).Store(ref sums, channel);
            (T.Load(ref sums, channel + Channels) + (evenProducts + oddProducts)).Store(ref sums, channel + Channels);
        }

        private T Gradient<T, TFunction>(nint at)
            where T : struct, ILanes<T>
            where TFunction : IActivationFunction
        {
            T gradient = T.Load(ref _gradient, at);
            if (typeof(TFunction) == typeof(ActivationFunctions.Identity))
            {
                return gradient;
            }
            gradient = TFunction.Backward(T.Load(in _output, at), gradient);
            gradient.Store(ref _gradient, at);
            return gradient;
        }
    }

    private readonly ref struct BackwardSumsJob<TFunction>(BackwardSumsKernel kernel, int rows, int parts) : IJob
        where TFunction : IActivationFunction
    {
        private readonly BackwardSumsKernel _kernel = kernel;

        public void Run(int thread, int threads)
        {
            for (int part = parts * thread / threads; part < parts * (thread + 1) / threads; part++)
            {
                _kernel.SumsOf(part).Clear();
                int end = FirstRow(rows, part + 1, parts);
                for (int row = FirstRow(rows, part, parts), next; row < end; row = next)
                {
                    next = Math.Min(row + BlockRows(_kernel.Channels), end);
                    Block block = new(_kernel, part, row, next);
                    ElementWise.RunRange(ref block, 0, _kernel.Channels);
                }
            }
        }

        private readonly ref struct Block(BackwardSumsKernel kernel, int part, int firstRow, int endRow) : IElementKernel
        {
            private readonly BackwardSumsKernel _kernel = kernel;

            public void Apply<T>(nint channel)
                where T : struct, ILanes<T> => _kernel.Apply<T, TFunction>(channel, part, firstRow, endRow);
        }
    }

    private readonly ref struct BackwardInputJob(
        ReadOnlySpan<float> values, ReadOnlySpan<float> gradient, ChannelStatistics statistics, ReadOnlySpan<float> scale,
        ReadOnlySpan<float> dScale, ReadOnlySpan<float> dOffset, Span<float> dInput, int rows, int channels) : IJob
    {
        private readonly ReadOnlySpan<float> _values = values;
        private readonly ReadOnlySpan<float> _gradient = gradient;
        private readonly ChannelStatistics _statistics = statistics;
        private readonly ReadOnlySpan<float> _scale = scale;
        private readonly ReadOnlySpan<float> _dScale = dScale;
        private readonly ReadOnlySpan<float> _dOffset = dOffset;
        private readonly Span<float> _dInput = dInput;

        public void Run(int thread, int threads)
        {
            int end = FirstRow(rows, thread + 1, threads);
            for (int row = FirstRow(rows, thread, threads), next; row < end; row = next)
            {
                next = Math.Min(row + BlockRows(channels), end);
                Block block = new(this, row, next);
                ElementWise.RunRange(ref block, 0, channels);
            }
        }

        private readonly ref struct Block(BackwardInputJob job, int firstRow, int endRow) : IElementKernel
        {
            private readonly BackwardInputJob _job = job;

            public void Apply<T>(nint channel)
                where T : struct, ILanes<T> => _job.Apply<T>(channel, firstRow, endRow);
        }

        private void Apply<T>(nint channel, int firstRow, int endRow)
            where T : struct, ILanes<T>
        {
            ref readonly float values = ref MemoryMarshal.GetReference(_values), gradient = ref MemoryMarshal.GetReference(_gradient);
            ref float dInput = ref MemoryMarshal.GetReference(_dInput);
            T inverseDeviation = _statistics.InverseDeviation<T>(channel);
            T factor = T.Load(in MemoryMarshal.GetReference(_scale), channel) * inverseDeviation;
            nint at = (nint)firstRow * channels + channel;
            if (_dScale.IsEmpty)
            {
                for (int row = firstRow; row < endRow; row++, at += channels)
                {
                    (factor * T.Load(in gradient, at)).Store(ref dInput, at);
                }
                return;
            }
            T share = T.Broadcast(-1f / rows) * factor;
            T slope = share * T.Load(in MemoryMarshal.GetReference(_dScale), channel) * inverseDeviation;
            T offset = share * T.Load(in MemoryMarshal.GetReference(_dOffset), channel), mean = T.Load(in MemoryMarshal.GetReference(_statistics.Mean), channel);
            for (int row = firstRow; row < endRow; row++, at += channels)
            {
                T.FusedMultiplyAdd(factor, T.Load(in gradient, at), T.FusedMultiplyAdd(slope, T.Load(in values, at) - mean, offset)).Store(ref dInput, at);
            }
        }
    }
}

/// <summary>What channels are normalised by, [channels] each.</summary>
/// <param name="mean">Their means.</param>
/// <param name="variance">Their variances.</param>
/// <param name="epsilon">What is added to each variance, above 0.</param>
internal readonly ref struct ChannelStatistics(ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, double epsilon)
{
    public ReadOnlySpan<float> Mean { get; } = mean;

    public ReadOnlySpan<float> Variance { get; } = variance;

    public float Epsilon { get; } = (float)epsilon;

    /// <summary>1 / √(variance + epsilon) from a channel on.</summary>
    public T InverseDeviation<T>(nint channel)
        where T : struct, ILanes<T> =>
        T.Broadcast(1) / T.Sqrt(T.Load(in MemoryMarshal.GetReference(Variance), channel) + T.Broadcast(Epsilon));
}
