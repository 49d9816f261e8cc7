using System.Runtime.InteropServices;

namespace Nabla.Numerics;

/// <summary>
/// Normalisation of the channels (columns) of values [rows, channels], where the rows are all positions of samples of a batch.
/// All is done in parts of the rows (<see cref="ShardedRows"/>), and the sums of the parts are added up in order: so the
/// bits do not depend on who takes them, whether a thread or another process.
/// </summary>
internal static class ChannelNormalization
{
    // Below this many numbers a thread, handing work over costs more than it saves.
    private const int MinPerThread = 16 * 1024;

    // What stays in the first-level cache while a block of rows is gone over channel by channel.
    private const int BlockFloats = 4096;

    /// <summary>Floats of memory for the sums of all parts of a batch.</summary>
    public static int ScratchSize(int channels) => ShardedRows.SumsOfMoments * Math.Max(ExecutionPlan.MaxPartsOfStatistics, ExecutionPlan.MaxShards) * channels;

    /// <summary>What <see cref="Moments"/> makes mean and variance of: of each part and channel the first row's value, and sum and sum of squares of what the rows differ from it.</summary>
    /// <param name="values">[rows, channels].</param>
    /// <param name="sums">Receives [parts, 3, channels], those of the parts that are here.</param>
    /// <param name="rows">How the rows are cut.</param>
    /// <param name="channels">At least 1.</param>
    /// <param name="threads">Threads that may be used.</param>
    public static void MomentsOfParts(ReadOnlySpan<float> values, Span<float> sums, in ShardedRows rows, int channels, int threads)
    {
        for (int part = rows.FirstPart; part < rows.EndPart; part++)
        {
            Span<float> ofPart = sums.Slice(ShardedRows.SumsOfMoments * part * channels, ShardedRows.SumsOfMoments * channels);
            values.Slice(rows.RowOf(part) * channels, channels).CopyTo(ofPart);
            ofPart[channels..].Clear();
        }
        Run(new MomentsKernel(values, sums, channels), rows, channels, threads);
    }

    /// <summary>The mean and the variance (of the population) of each channel.</summary>
    /// <param name="sums">What <see cref="MomentsOfParts"/> made, of all parts.</param>
    /// <param name="mean">Receives [channels].</param>
    /// <param name="variance">Receives [channels].</param>
    /// <param name="rows">How the rows are cut.</param>
    /// <param name="channels">At least 1.</param>
    public static void Moments(ReadOnlySpan<float> sums, Span<float> mean, Span<float> variance, in ShardedRows rows, int channels)
    {
        // T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample variance", 1983, for what two parts have together.
        Span<double> ofPart = stackalloc double[3 * rows.Parts];
        double before = 0;
        for (int part = 0; part < rows.Parts; part++)
        {
            double count = rows.CountOf(part);
            ofPart[3 * part] = 1 / count;
            ofPart[3 * part + 1] = count / (before + count);
            ofPart[3 * part + 2] = before * count / (before + count);
            before += count;
        }
        for (int channel = 0; channel < channels; channel++)
        {
            double all = 0, squares = 0;
            for (int part = 0; part < rows.Parts; part++)
            {
                int at = ShardedRows.SumsOfMoments * part * channels + channel;
                double sum = sums[at + channels];
                double shifted = sum * ofPart[3 * part];
                double difference = sums[at] + shifted - all;
                squares += Math.Max(0, sums[at + 2 * channels] - sum * shifted) + difference * difference * ofPart[3 * part + 2];
                all += difference * ofPart[3 * part + 1];
            }
            mean[channel] = (float)all;
            variance[channel] = (float)(squares / rows.AllRows);
        }
    }

    /// <summary>output = f((values − mean) / √(variance + epsilon) · scale + offset), channel by channel.</summary>
    public static void Normalize(
        ReadOnlySpan<float> values, in ChannelStatistics statistics, ReadOnlySpan<float> scale, ReadOnlySpan<float> offset,
        Span<float> output, int rows, int channels, Activation activation, int threads)
    {
        switch (activation)
        {
            case Activation.Identity: Run(new NormalizeKernel<ActivationFunctions.Identity>(values, statistics, scale, offset, output, channels), new ShardedRows(rows, channels), channels, threads); break;
            case Activation.Sigmoid: Run(new NormalizeKernel<ActivationFunctions.Sigmoid>(values, statistics, scale, offset, output, channels), new ShardedRows(rows, channels), channels, threads); break;
            case Activation.Tanh: Run(new NormalizeKernel<ActivationFunctions.Tanh>(values, statistics, scale, offset, output, channels), new ShardedRows(rows, channels), channels, threads); break;
            case Activation.ReLU: Run(new NormalizeKernel<ActivationFunctions.ReLU>(values, statistics, scale, offset, output, channels), new ShardedRows(rows, channels), channels, threads); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, null);
        }
    }

    /// <summary>
    /// The way back through the activation: gradient *= f′(output); and what <see cref="BackwardSums"/> makes the gradients of scale and offset of: of each part and channel the sum of that gradient, and that of
    /// its products with what the values differ from their mean.
    /// </summary>
    /// <param name="values">What was normalised, [rows, channels].</param>
    /// <param name="output">What came out.</param>
    /// <param name="gradient">The gradient of what came out; becomes that before the activation.</param>
    /// <param name="mean">Of the channels.</param>
    /// <param name="sums">Receives [parts, 2, channels], those of the parts that are here.</param>
    /// <param name="rows">How the rows are cut.</param>
    /// <param name="channels">At least 1.</param>
    /// <param name="activation">f.</param>
    /// <param name="threads">Threads that may be used.</param>
    public static void BackwardSumsOfParts(
        ReadOnlySpan<float> values, ReadOnlySpan<float> output, Span<float> gradient, ReadOnlySpan<float> mean, Span<float> sums, in ShardedRows rows, int channels, Activation activation, int threads)
    {
        int perPart = ShardedRows.SumsOfGradients * channels;
        sums[(perPart * rows.FirstPart)..(perPart * rows.EndPart)].Clear();
        switch (activation)
        {
            case Activation.Identity: Run(new BackwardSumsKernel<ActivationFunctions.Identity>(values, output, gradient, mean, sums, channels), rows, channels, threads); break;
            case Activation.Sigmoid: Run(new BackwardSumsKernel<ActivationFunctions.Sigmoid>(values, output, gradient, mean, sums, channels), rows, channels, threads); break;
            case Activation.Tanh: Run(new BackwardSumsKernel<ActivationFunctions.Tanh>(values, output, gradient, mean, sums, channels), rows, channels, threads); break;
            case Activation.ReLU: Run(new BackwardSumsKernel<ActivationFunctions.ReLU>(values, output, gradient, mean, sums, channels), rows, channels, threads); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, null);
        }
    }

    /// <summary>The gradients of scale and offset: dOffset = the sum of the gradient before the activation over the rows, dScale = that of its products with the normalised values.</summary>
    /// <param name="sums">What <see cref="BackwardSumsOfParts"/> made, of all parts.</param>
    /// <param name="statistics">Of the channels.</param>
    /// <param name="dScale">Receives [channels].</param>
    /// <param name="dOffset">Receives [channels].</param>
    /// <param name="rows">How the rows are cut.</param>
    /// <param name="channels">At least 1.</param>
    public static void BackwardSums(ReadOnlySpan<float> sums, in ChannelStatistics statistics, Span<float> dScale, Span<float> dOffset, in ShardedRows rows, int channels)
    {
        for (int channel = 0; channel < channels; channel++)
        {
            double sum = 0, products = 0;
            for (int part = 0; part < rows.Parts; part++)
            {
                int at = ShardedRows.SumsOfGradients * part * channels + channel;
                sum += sums[at];
                products += sums[at + channels];
            }
            dOffset[channel] = (float)sum;
            dScale[channel] = (float)(products / MathF.Sqrt(statistics.Variance[channel] + statistics.Epsilon));
        }
    }

    /// <summary>
    /// dInput = scale / deviation · (gradient − dOffset / rows − normalised value · dScale / rows): S. Ioffe and C. Szegedy, "Batch normalization",
    /// 2015, with both sums as <see cref="BackwardSums"/> leaves them, and the rows of the whole batch. Without the sums, for statistics that do not depend on the values, scale / deviation · gradient.
    /// </summary>
    public static void BackwardInput(
        ReadOnlySpan<float> values, ReadOnlySpan<float> gradient, in ChannelStatistics statistics, ReadOnlySpan<float> scale,
        ReadOnlySpan<float> dScale, ReadOnlySpan<float> dOffset, Span<float> dInput, int rows, int allRows, int channels, int threads) =>
        Run(new BackwardInputKernel(values, gradient, statistics, scale, dScale, dOffset, dInput, allRows, channels), new ShardedRows(rows, channels), channels, threads);

    /// <summary>Runs a kernel over all parts that are here; threads take parts.</summary>
    private static void Run<TKernel>(TKernel kernel, in ShardedRows rows, int channels, int threads)
        where TKernel : struct, IRowsKernel, allows ref struct
    {
        PartsJob<TKernel> job = new(kernel, rows, channels);
        WorkerTeam.Run(ref job, (int)Math.Clamp((long)rows.Rows * channels / MinPerThread, 1, Math.Min(rows.EndPart - rows.FirstPart, threads)));
    }

    /// <summary>What is done to some rows of some channels.</summary>
    private interface IRowsKernel
    {
        /// <summary>Goes through rows of one part, for <c>T.Count</c> channels from one on.</summary>
        void Apply<T>(nint channel, int part, int firstRow, int endRow)
            where T : struct, ILanes<T>;
    }

    /// <summary>Goes over each part in blocks of rows, and over each block channel by channel.</summary>
    private readonly ref struct PartsJob<TKernel>(TKernel kernel, ShardedRows rows, int channels) : IJob
        where TKernel : struct, IRowsKernel, allows ref struct
    {
        private readonly TKernel _kernel = kernel;
        private readonly ShardedRows _rows = rows;

        public void Run(int thread, int threads)
        {
            int blockRows = Math.Max(1, BlockFloats / channels);
            int parts = _rows.EndPart - _rows.FirstPart;
            for (int part = _rows.FirstPart + parts * thread / threads; part < _rows.FirstPart + parts * (thread + 1) / threads; part++)
            {
                int end = _rows.RowOf(part) + _rows.CountOf(part);
                for (int row = _rows.RowOf(part), next; row < end; row = next)
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
    private readonly ref struct MomentsKernel(ReadOnlySpan<float> values, Span<float> sums, int channels) : IRowsKernel
    {
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref float _sums = ref MemoryMarshal.GetReference(sums);

        public void Apply<T>(nint channel, int part, int firstRow, int endRow)
            where T : struct, ILanes<T>
        {
            nint ofPart = (nint)ShardedRows.SumsOfMoments * part * channels + channel;
            T shift = T.Load(in _sums, ofPart);
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
            AddTo(ref _sums, ofPart + channels, evenSum + oddSum);
            AddTo(ref _sums, ofPart + 2 * channels, evenSquares + oddSquares);
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
            nint ofPart = (nint)ShardedRows.SumsOfGradients * part * channels + channel;
            AddTo(ref _sums, ofPart, evenSum + oddSum);
            AddTo(ref _sums, ofPart + channels, evenProducts + oddProducts);
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

/// <summary>
/// How rows are cut into parts whose sums are made by themselves: each shard of the batch into as many, by rows and channels alone. Some of the shards may be another process's: those that are here are consecutive.
/// </summary>
internal readonly ref struct ShardedRows
{
    /// <summary>Numbers of a part and a channel that <see cref="ChannelNormalization.MomentsOfParts"/> leaves.</summary>
    public const int SumsOfMoments = 3;

    /// <summary>Numbers of a part and a channel that <see cref="ChannelNormalization.BackwardSumsOfParts"/> leaves.</summary>
    public const int SumsOfGradients = 2;

    private readonly ReadOnlySpan<int> _starts;
    private readonly int _positions;
    private readonly int _partsPerShard;
    private readonly int _firstShard;

    /// <param name="starts">Where the shards of the whole batch begin, in samples, and where the last one ends.</param>
    /// <param name="positions">Rows of a sample.</param>
    /// <param name="firstShard">The first shard that is here.</param>
    /// <param name="endShard">The shard after the last that is here.</param>
    /// <param name="channels">Channels of a row.</param>
    public ShardedRows(ReadOnlySpan<int> starts, int positions, int firstShard, int endShard, int channels)
    {
        int shards = starts.Length - 1;
        _starts = starts;
        _positions = positions;
        _firstShard = firstShard;
        AllRows = starts[^1] * positions;
        Rows = (starts[endShard] - starts[firstShard]) * positions;
        long least = (long)(starts[^1] / shards) * positions;
        _partsPerShard = PartsOf(least, channels, Math.Max(1, ExecutionPlan.MaxPartsOfStatistics / shards));
        (FirstPart, EndPart, Parts) = (firstShard * _partsPerShard, endShard * _partsPerShard, shards * _partsPerShard);
    }

    /// <summary>Rows that are not summed over, so that it does not matter how they are cut.</summary>
    public ShardedRows(int rows, int channels)
    {
        (_positions, Rows, AllRows) = (rows, rows, rows);
        EndPart = Parts = _partsPerShard = PartsOf(rows, channels, ExecutionPlan.MaxPartsOfStatistics);
    }

    /// <summary>Rows that are here.</summary>
    public int Rows { get; }

    /// <summary>Rows of the whole batch.</summary>
    public int AllRows { get; }

    /// <summary>Parts of the whole batch.</summary>
    public int Parts { get; }

    /// <summary>The first part that is here.</summary>
    public int FirstPart { get; }

    /// <summary>The part after the last that is here.</summary>
    public int EndPart { get; }

    /// <summary>Floats that all parts leave for mean and variance.</summary>
    public int MomentSums(int channels) => SumsOfMoments * Parts * channels;

    /// <summary>Floats that all parts leave for gradients.</summary>
    public int GradientSums(int channels) => SumsOfGradients * Parts * channels;

    /// <summary>The first row of a part, counted from the first that is here.</summary>
    public int RowOf(int part) => StartOf(part) - SampleOf(_firstShard) * _positions;

    /// <summary>Rows of a part, wherever it is.</summary>
    public int CountOf(int part) => StartOf(part, 1) - StartOf(part);

    /// <summary>The first row of a part, or with 1 the row after its last, counted from the first of the batch.</summary>
    private int StartOf(int part, int after = 0)
    {
        (int shard, int within) = Math.DivRem(part, _partsPerShard);
        int start = SampleOf(shard) * _positions, end = SampleOf(shard + 1) * _positions;
        return start + (int)((long)(end - start) * (within + after) / _partsPerShard);
    }

    private int SampleOf(int shard) => _starts.IsEmpty ? shard : _starts[shard];

    private static int PartsOf(long rows, int channels, int most) => (int)Math.Min(rows, Math.Clamp(rows * channels / ExecutionPlan.FloatsPerPartOfStatistics, 1, most));
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
