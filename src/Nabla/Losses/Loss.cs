using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// How far outputs are from what was wanted: what training minimises. For a loss of your own derive a record from this and
/// write <see cref="EvaluateRows"/>; docs/extending.md shows how.
/// </summary>
/// <remarks>A loss is asked by several threads at once, so it may not change; what it computes for a sample may depend on nothing but that sample.</remarks>
public abstract record Loss
{
    // Losses are summed in blocks of rows, whoever computes them: the result must not depend on the number of threads.
    private const int BlockRows = 32;
    private const int MaxBlocks = 32;

    /// <summary>
    /// Makes a kind of loss known by a name, so that model files and recipes can have it. Call it once, when a program starts; ours are
    /// registered the same way.
    /// </summary>
    /// <typeparam name="T">The kind: a record whose options are its public members.</typeparam>
    /// <param name="name">How documents name it: lower-case letters, digits and dashes, no digit at the end; not another's.</param>
    /// <param name="defaults">One with the default of every option, which recipes need not say; members that are <c>required</c> and parameters of the constructor must be said.</param>
    /// <param name="json">The class that reads and writes it: a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> with <c>[JsonSerializable(typeof(T))]</c>.</param>
    /// <exception cref="ArgumentException">The name is none or stands for another kind, or <paramref name="json"/> does not know the type.</exception>
    public static void Register<[DynamicallyAccessedMembers(Kinds.Members)] T>(string name, T defaults, IJsonTypeInfoResolver json)
        where T : Loss => Kinds.Losses.Register(name, defaults, json);

    /// <summary>Half the squared error: for regression, and for networks whose last layer is a sigmoid.</summary>
    public static Loss Quadratic { get; } = new QuadraticLoss();

    /// <summary>Cross-entropy of the softmax of the outputs, which are logits: for classification.</summary>
    public static Loss SoftmaxCrossEntropy { get; } = new SoftmaxCrossEntropyLoss();

    /// <summary>Computes the value and its gradient together.</summary>
    /// <param name="output">What the network put out, [rows, width].</param>
    /// <param name="target">What was wanted, [rows, width].</param>
    /// <param name="gradient">Receives the gradient with respect to the output over <paramref name="divisor"/>, [rows, width].</param>
    /// <param name="rows">Number of samples.</param>
    /// <param name="divisor">The batch size, which makes it the gradient of the batch's mean loss; a factor 1 / size would be rounded once more.</param>
    /// <param name="threads">Threads to use, at least 1; the result does not depend on it.</param>
    /// <returns>The sum (not the mean) of the losses of all rows.</returns>
    public double Evaluate(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, float divisor, int threads = 1)
    {
        if (output.Length != gradient.Length)
        {
            throw new ArgumentException($"Output ({output.Length}) and gradient ({gradient.Length}) must be of the same length.", nameof(gradient));
        }
        return Sum(output, target, gradient, rows, divisor, threads);
    }

    /// <summary>Computes the value alone, with the bits of <see cref="Evaluate"/>.</summary>
    /// <param name="output">What the network put out, [rows, width].</param>
    /// <param name="target">What was wanted, [rows, width].</param>
    /// <param name="rows">Number of samples.</param>
    /// <param name="threads">Threads to use, at least 1; the result does not depend on it.</param>
    /// <returns>The sum (not the mean) of the losses of all rows.</returns>
    public double Value(ReadOnlySpan<float> output, ReadOnlySpan<float> target, int rows, int threads = 1) => Sum(output, target, [], rows, divisor: 1, threads);

    private double Sum(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, float divisor, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (output.Length != target.Length || output.Length % rows != 0)
        {
            throw new ArgumentException($"Output ({output.Length}) and target ({target.Length}) must be of the same length, a multiple of the {rows} rows.", nameof(target));
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        double sum = 0;
        Span<double> sums = stackalloc double[Math.Min((rows + BlockRows - 1) / BlockRows, MaxBlocks)];
        int width = output.Length / rows;
        // In 64 bits: the last step may go beyond what an array can hold.
        for (long start = 0; start < rows; start += MaxBlocks * BlockRows)
        {
            int count = (int)Math.Min(rows - start, MaxBlocks * BlockRows);
            int first = (int)start * width, length = count * width;
            BlocksJob job = new(this, output.Slice(first, length), target.Slice(first, length), gradient.IsEmpty ? [] : gradient.Slice(first, length), sums, count, width, divisor);
            WorkerTeam.Run(ref job, Math.Clamp(count / BlockRows, 1, threads));
            for (int block = 0; block * BlockRows < count; block++)
            {
                sum += sums[block];
            }
        }
        return sum;
    }

    /// <summary>Whether targets are what this loss compares with.</summary>
    /// <exception cref="ArgumentException">They are not; the message says what was found and expected.</exception>
    public virtual void ThrowUnlessFits(Targets targets)
    {
    }

    /// <summary>Mean loss of the best answer that is the same for every sample: who gets no lower has learnt nothing. Null where the loss cannot tell.</summary>
    public double? OfConstantAnswer(Targets targets)
    {
        float[] row = new float[targets.Width];
        double[] mean = new double[targets.Width];
        double meanSquare = 0;
        for (int sample = 0; sample < targets.Count; sample++)
        {
            targets.CopyRow(sample, row);
            for (int i = 0; i < row.Length; i++)
            {
                mean[i] += (double)row[i] / targets.Count;
                meanSquare += (double)row[i] * row[i] / targets.Count;
            }
        }
        return OfConstantAnswer(mean, meanSquare);
    }

    /// <summary>The same, from figures of the targets. Default: null, it cannot tell.</summary>
    /// <param name="mean">Mean of the targets, [width].</param>
    /// <param name="meanSquare">Mean of the sum of the squares of a sample's targets.</param>
    protected virtual double? OfConstantAnswer(ReadOnlySpan<double> mean, double meanSquare) => null;

    /// <summary>Turns outputs into the scores of a <see cref="Prediction"/>, in place: logits into probabilities, for example. Default: they stay as they are.</summary>
    /// <param name="output">What the network put out, [rows, width].</param>
    /// <param name="rows">Number of samples.</param>
    public virtual void ToScores(Span<float> output, int rows)
    {
    }

    /// <summary>Computes the sum of the losses of some rows, and their gradient.</summary>
    /// <param name="output">What the network put out, [rows, width].</param>
    /// <param name="target">What was wanted, [rows, width].</param>
    /// <param name="gradient">Receives the gradient with respect to the output over <paramref name="divisor"/>, [rows, width]; empty where nobody asks for it.</param>
    /// <param name="rows">Number of samples.</param>
    /// <param name="width">Outputs of a sample.</param>
    /// <param name="divisor">Number of samples in the batch.</param>
    protected abstract double EvaluateRows(
        ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, int width, float divisor);

    private readonly ref struct BlocksJob(
        Loss loss, ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, Span<double> sums, int rows, int width, float divisor) : IJob
    {
        private readonly ReadOnlySpan<float> _output = output;
        private readonly ReadOnlySpan<float> _target = target;
        private readonly Span<float> _gradient = gradient;
        private readonly Span<double> _sums = sums;

        public void Run(int part, int parts)
        {
            int blocks = (rows + BlockRows - 1) / BlockRows;
            for (int block = blocks * part / parts; block < blocks * (part + 1) / parts; block++)
            {
                int count = Math.Min(BlockRows, rows - block * BlockRows);
                Range numbers = (block * BlockRows * width)..((block * BlockRows + count) * width);
                _sums[block] = loss.EvaluateRows(_output[numbers], _target[numbers], _gradient.IsEmpty ? [] : _gradient[numbers], count, width, divisor);
            }
        }
    }
}
