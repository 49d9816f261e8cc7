using System.Runtime.InteropServices;

namespace Nabla.Numerics;

/// <summary>
/// Normalisation of the channels (columns) of values [rows, channels], where the rows are all positions of all samples of a batch.
/// All is done in parts of the rows, as many as rows and channels ask for, and the sums of the parts are added up in order: so the
/// bits do not depend on who takes them.
/// </summary>
internal static class ChannelNormalization
{
    // Below this many numbers a thread, handing work over costs more than it saves.
    private const int MinPerThread = 16 * 1024;

    // What stays in the first-level cache while a block of rows is gone over channel by channel.
    private const int BlockFloats = 4096;

    /// <summary>Into how many parts the rows are cut.</summary>
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
        Span<float> sums = scratch[..(2 * parts * channels)];
        sums.Clear();
        Run(new MomentsKernel(values, sums, rows, channels, parts), rows, channels, threads);
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
                double sum = sums[2 * part * channels + channel];
                double shifted = sum * ofPart[3 * part];
                double difference = values[FirstRow(rows, part, parts) * channels + channel] + shifted - all;
                squares += Math.Max(0, sums[(2 * part + 1) * channels + channel] - sum * shifted) + difference * difference * ofPart[3 * part + 2];
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
        switch (activation)
        {
            case Activation.Identity: Run(new NormalizeKernel<ActivationFunctions.Identity>(values, statistics, scale, offset, output, channels), rows, channels, threads); break;
            case Activation.Sigmoid: Run(new NormalizeKernel<ActivationFunctions.Sigmoid>(values, statistics, scale, offset, output, channels), rows, channels, threads); break;
            case Activation.Tanh: Run(new NormalizeKernel<ActivationFunctions.Tanh>(values, statistics, scale, offset, output, channels), rows, channels, threads); break;
            case Activation.ReLU: Run(new NormalizeKernel<ActivationFunctions.ReLU>(values, statistics, scale, offset, output, channels), rows, channels, threads); break;
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
        Span<float> sums = scratch[..(2 * parts * channels)];
        sums.Clear();
        switch (activation)
        {
            case Activation.Identity: Run(new BackwardSumsKernel<ActivationFunctions.Identity>(values, output, gradient, statistics.Mean, sums, channels), rows, channels, threads); break;
            case Activation.Sigmoid: Run(new BackwardSumsKernel<ActivationFunctions.Sigmoid>(values, output, gradient, statistics.Mean, sums, channels), rows, channels, threads); break;
            case Activation.Tanh: Run(new BackwardSumsKernel<ActivationFunctions.Tanh>(values, output, gradient, statistics.Mean, sums, channels), rows, channels, threads); break;
            case Activation.ReLU: Run(new BackwardSumsKernel<ActivationFunctions.ReLU>(values, output, gradient, statistics.Mean, sums, channels), rows, channels, threads); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, null);
        }
        for (int channel = 0; channel < channels; channel++)
        {
            double sum = 0, products = 0;
            for (int part = 0; part < parts; part++)
            {
                sum += sums[2 * part * channels + channel];
                products += sums[(2 * part + 1) * channels + channel];
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
        Run(new BackwardInputKernel(values, gradient, statistics, scale, dScale, dOffset, dInput, rows, channels), rows, channels, threads);

    /// <summary>Runs a kernel over all parts; threads take parts.</summary>
    private static void Run<TKernel>(TKernel kernel, int rows, int channels, int threads)
        where TKernel : struct, IRowsKernel, allows ref struct
    {
        PartsJob<TKernel> job = new(kernel, rows, channels, PartsOf(rows, channels));
        WorkerTeam.Run(ref job, (int)Math.Clamp((long)rows * channels / MinPerThread, 1, Math.Min(PartsOf(rows, channels), threads)));
    }

    private static int FirstRow(int rows, int part, int parts) => (int)((long)rows * part / parts);

    /// <summary>What is done to some rows of some channels.</summary>
    private interface IRowsKernel
    {
        /// <summary>Goes through rows of one part, for <c>T.Count</c> channels from one on.</summary>
        void Apply<T>(nint channel, int part, int firstRow, int endRow)
            where T : struct, ILanes<T>;
    }

    /// <summary>Goes over each part in blocks of rows, and over each block channel by channel.</summary>
    private readonly ref struct PartsJob<TKernel>(TKernel kernel, int rows, int channels, int parts) : IJob
        where TKernel : struct, IRowsKernel, allows ref struct
    {
        private readonly TKernel _kernel = kernel;

        public void Run(int thread, int threads)
        {
            int blockRows = Math.Max(1, BlockFloats / channels);
            for (int part = parts * thread / threads; part < parts * (thread + 1) / threads; part++)
            {
                int end = FirstRow(rows, part + 1, parts);
                for (int row = FirstRow(rows, part, parts), next; row < end; row = next)
                {
                    next = Math.Min(row + blockRows, end);
                    Block<TKernel> block = new(_kernel, part, row, next);
                    ElementWise.RunRange(ref block, 0, channels);
                }
            }
        }
    }

    private readonly ref struct Block<TKernel>(TKernel kernel, int part, int firstRow, int endRow) : IElementKernel
        where TKernel : struct, IRowsKernel, allows ref struct
    {
        private readonly TKernel _kernel = kernel;

        public void Apply<T>(nint channel)
            where T : struct, ILanes<T> => _kernel.Apply<T>(channel, part, firstRow, endRow);
    }

    /// <summary>Adds what rows differ from their part's first row, and the squares of that; even and odd rows apart, since each sum waits for itself.</summary>
    private readonly ref struct MomentsKernel(ReadOnlySpan<float> values, Span<float> sums, int rows, int channels, int parts) : IRowsKernel
    {
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref float _sums = ref MemoryMarshal.GetReference(sums);

        public void Apply<T>(nint channel, int part, int firstRow, int endRow)
            where T : struct, ILanes<T>
        {
            T shift = T.Load(in _values, (nint)FirstRow(rows, part, parts) * channels + channel);
            T evenSum = default, oddSum = default, evenSquares = default, oddSquares = default;
            nint at = (nint)firstRow * channels + channel;
            int row = firstRow;
            for (; row + 1 < endRow; row += 2, at += 2 * channels)
            {
                T even = T.Load(in _values, at) - shift, odd = T.Load(in _values, at + channels) - shift;
                evenSum += even;
                oddSum += odd;
                evenSquares = T.FusedMultiplyAdd(even, even, evenSquares);
                oddSquares = T.FusedMultiplyAdd(odd, odd, oddSquares);
            }
            if (row < endRow)
            {
                T even = T.Load(in _values, at) - shift;
                evenSum += even;
                evenSquares = T.FusedMultiplyAdd(even, even, evenSquares);
            }
            AddTo(ref _sums, 2 * (nint)part * channels + channel, evenSum + oddSum);
            AddTo(ref _sums, (2 * (nint)part + 1) * channels + channel, evenSquares + oddSquares);
        }
    }

    private static void AddTo<T>(ref float sums, nint index, T values)
        where T : struct, ILanes<T> => (T.Load(ref sums, index) + values).Store(ref sums, index);

    private readonly ref struct NormalizeKernel<TFunction>(
        ReadOnlySpan<float> values, ChannelStatistics statistics, ReadOnlySpan<float> scale, ReadOnlySpan<float> offset, Span<float> output, int channels) : IRowsKernel
        where TFunction : IActivationFunction
    {
        private readonly ChannelStatistics _statistics = statistics;
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref readonly float _scale = ref MemoryMarshal.GetReference(scale);
        private readonly ref readonly float _offset = ref MemoryMarshal.GetReference(offset);
        private readonly ref float _output = ref MemoryMarshal.GetReference(output);

        public void Apply<T>(nint channel, int part, int firstRow, int endRow)
            where T : struct, ILanes<T>
        {
            T factor = T.Load(in _scale, channel) * _statistics.InverseDeviation<T>(channel);
            T offset = T.Load(in _offset, channel), mean = T.Load(in MemoryMarshal.GetReference(_statistics.Mean), channel);
            nint at = (nint)firstRow * channels + channel;
            for (int row = firstRow; row < endRow; row++, at += channels)
            {
                // Not values · factor + one offset: where the mean is large, that would be the difference of large numbers.
                TFunction.Forward(T.FusedMultiplyAdd(T.Load(in _values, at) - mean, factor, offset)).Store(ref _output, at);
            }
        }
    }

    private readonly ref struct BackwardSumsKernel<TFunction>(
        ReadOnlySpan<float> values, ReadOnlySpan<float> output, Span<float> gradient, ReadOnlySpan<float> mean, Span<float> sums, int channels) : IRowsKernel
        where TFunction : IActivationFunction
    {
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref readonly float _output = ref MemoryMarshal.GetReference(output);
        private readonly ref float _gradient = ref MemoryMarshal.GetReference(gradient);
        private readonly ref readonly float _mean = ref MemoryMarshal.GetReference(mean);
        private readonly ref float _sums = ref MemoryMarshal.GetReference(sums);

        public void Apply<T>(nint channel, int part, int firstRow, int endRow)
            where T : struct, ILanes<T>
        {
            T mean = T.Load(in _mean, channel);
            T evenSum = default, oddSum = default, evenProducts = default, oddProducts = default;
            nint at = (nint)firstRow * channels + channel;
            int row = firstRow;
            for (; row + 1 < endRow; row += 2, at += 2 * channels)
            {
                T even = Gradient<T>(at), odd = Gradient<T>(at + channels);
                evenSum += even;
                oddSum += odd;
                evenProducts = T.FusedMultiplyAdd(even, T.Load(in _values, at) - mean, evenProducts);
                oddProducts = T.FusedMultiplyAdd(odd, T.Load(in _values, at + channels) - mean, oddProducts);
            }
            if (row < endRow)
            {
                T even = Gradient<T>(at);
                evenSum += even;
                evenProducts = T.FusedMultiplyAdd(even, T.Load(in _values, at) - mean, evenProducts);
            }
            AddTo(ref _sums, 2 * (nint)part * channels + channel, evenSum + oddSum);
            AddTo(ref _sums, (2 * (nint)part + 1) * channels + channel, evenProducts + oddProducts);
        }

        private T Gradient<T>(nint at)
            where T : struct, ILanes<T>
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

    private readonly ref struct BackwardInputKernel(
        ReadOnlySpan<float> values, ReadOnlySpan<float> gradient, ChannelStatistics statistics, ReadOnlySpan<float> scale,
        ReadOnlySpan<float> dScale, ReadOnlySpan<float> dOffset, Span<float> dInput, int rows, int channels) : IRowsKernel
    {
        private readonly ChannelStatistics _statistics = statistics;
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref readonly float _gradient = ref MemoryMarshal.GetReference(gradient);
        private readonly ref readonly float _scale = ref MemoryMarshal.GetReference(scale);
        private readonly ReadOnlySpan<float> _dScale = dScale;
        private readonly ReadOnlySpan<float> _dOffset = dOffset;
        private readonly ref float _dInput = ref MemoryMarshal.GetReference(dInput);

        public void Apply<T>(nint channel, int part, int firstRow, int endRow)
            where T : struct, ILanes<T>
        {
            T inverseDeviation = _statistics.InverseDeviation<T>(channel);
            T factor = T.Load(in _scale, channel) * inverseDeviation;
            nint at = (nint)firstRow * channels + channel;
            if (_dScale.IsEmpty)
            {
                for (int row = firstRow; row < endRow; row++, at += channels)
                {
                    (factor * T.Load(in _gradient, at)).Store(ref _dInput, at);
                }
                return;
            }
            T share = T.Broadcast(-1f / rows) * factor;
            T slope = share * T.Load(in MemoryMarshal.GetReference(_dScale), channel) * inverseDeviation;
            T offset = share * T.Load(in MemoryMarshal.GetReference(_dOffset), channel), mean = T.Load(in MemoryMarshal.GetReference(_statistics.Mean), channel);
            for (int row = firstRow; row < endRow; row++, at += channels)
            {
                T.FusedMultiplyAdd(factor, T.Load(in _gradient, at), T.FusedMultiplyAdd(slope, T.Load(in _values, at) - mean, offset)).Store(ref _dInput, at);
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
