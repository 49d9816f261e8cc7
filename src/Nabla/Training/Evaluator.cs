using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nabla.Numerics;

namespace Nabla;

/// <summary>Measures a network on a data set, with memory that is kept for the next time.</summary>
internal sealed class Evaluator
{
    private readonly Network _network;
    private readonly Loss _loss;
    private readonly InferencePass _pass;
    private readonly ICommunicator _communicator;
    private readonly float[] _targets;
    private float[] _answers = [];

    /// <param name="network">The network to measure.</param>
    /// <param name="loss">What it is measured with, beside what was recognised.</param>
    /// <param name="samples">Most samples that will be measured, at least 1; fewer than go through at once need less memory.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="communicator">The processes that measure it together, each some of the samples; null for this one alone.</param>
    public Evaluator(Network network, Loss loss, int samples, int threads, ICommunicator? communicator = null)
    {
        _communicator = communicator ?? SingleProcess.Instance;
        _network = network;
        _loss = loss;
        _pass = new InferencePass(network, samples, threads);
        _targets = new float[_pass.Rows * network.OutputShape.Size];
    }

    public Evaluation Evaluate(DataSet data)
    {
        data = Fitting(_network, data);
        int width = _network.OutputShape.Size;
        ClassLabels? labels = data.Targets as ClassLabels;
        ConfusionMatrix? confusion = labels is null ? null : new ConfusionMatrix(width);
        // Of softmax cross-entropy targets are probabilities, and outputs none.
        TargetVectors? numbers = _loss is SoftmaxCrossEntropyLoss ? null : data.Targets as TargetVectors;
        if (numbers is not null && _answers.Length != numbers.Values.Length)
        {
            _answers = new float[numbers.Values.Length];
        }
        // Of so many samples as go through at a time, added up in order, whoever measured them.
        double[] losses = new double[(data.Count + _pass.Rows - 1) / _pass.Rows];
        (int first, int end) = (_communicator.FirstOf(_communicator.Rank, losses.Length), _communicator.FirstOf(_communicator.Rank + 1, losses.Length));
        for (int portion = first; portion < end; portion++)
        {
            int start = portion * _pass.Rows;
            int rows = Math.Min(_pass.Rows, data.Count - start);
            ReadOnlySpan<float> outputs = _pass.Outputs(data.Features, start, rows);
            Batch.CopyTargets(data.Targets, start, rows, _targets);
            losses[portion] = _loss.Value(outputs, _targets.AsSpan(0, outputs.Length), rows, _pass.Threads);
            if (numbers is not null)
            {
                outputs.CopyTo(_answers.AsSpan(start * width));
            }
            for (int row = 0; row < rows && labels is not null; row++)
            {
                confusion!.Add(labels.Values[start + row], Reductions.IndexOfMax(outputs.Slice(row * width, width)));
            }
        }
        if (_communicator.Size > 1)
        {
            Share<double>(losses, rank => _communicator.FirstOf(rank, losses.Length));
            confusion?.Share(_communicator);
            if (numbers is not null)
            {
                Share(_answers.AsSpan(0, data.Count * width), rank => Math.Min(_communicator.FirstOf(rank, losses.Length) * _pass.Rows, data.Count) * width);
            }
        }
        return new Evaluation(data.Count, losses.Sum() / data.Count, confusion) { Regression = numbers is null ? null : RegressionFigures.Of(_answers, numbers) };
    }

    /// <summary>Gives the other processes what this one has of some numbers, and has what they have.</summary>
    /// <param name="values">All the numbers.</param>
    /// <param name="firstOf">The first number of a process.</param>
    private void Share<T>(Span<T> values, Func<int, int> firstOf)
        where T : unmanaged
    {
        int[] lengths = [.. Enumerable.Range(0, _communicator.Size).Select(rank => Unsafe.SizeOf<T>() * (firstOf(rank + 1) - firstOf(rank)))];
        _communicator.AllGather(MemoryMarshal.AsBytes(values[firstOf(_communicator.Rank)..firstOf(_communicator.Rank + 1)]), MemoryMarshal.AsBytes(values), lengths);
    }

    /// <summary>The data set with the network's own numbers of classes, where it has the same classes in another order.</summary>
    /// <exception cref="ArgumentException">Samples or targets have another size than the network's input or output, classes are others, or there are none.</exception>
    public static DataSet Fitting(Network network, DataSet data) =>
        // What the outputs stand for is open yet, or known to the program alone, where there are neither names nor a training.
        Fitting(network, data, isOpen: network.ClassNames is null && network.Training is null, network.ClassNames);

    /// <summary>The same for a network that is about to learn classes of these names, or classes without names.</summary>
    /// <exception cref="ArgumentException">As the other overload.</exception>
    public static DataSet Fitting(Network network, DataSet data, IReadOnlyList<string>? names) => Fitting(network, data, isOpen: false, names);

    private static DataSet Fitting(Network network, DataSet data, bool isOpen, IReadOnlyList<string>? names)
    {
        if (data.Count == 0)
        {
            throw new ArgumentException("The data set has no samples.", nameof(data));
        }
        if (data.Features.SampleShape.Size != network.InputShape.Size)
        {
            throw new ArgumentException(
                $"The network takes samples of {network.InputShape} ({network.Layers[0]}), but the data set has samples of {data.Features.SampleShape}.", nameof(data));
        }
        if (network.Schema is { } known && data.Features.Schema is { } columns && known.DifferenceFrom(columns) is string difference)
        {
            throw new ArgumentException($"The data set is a table with {difference}; read it with the network's {nameof(network.Schema)}, which finds columns by their names.", nameof(data));
        }
        if (!isOpen && data.Targets is ClassLabels labels && labels.Matching(names, network.OutputShape.Size) is { } matched)
        {
            data = ReferenceEquals(matched, labels) ? data : new DataSet(data.Features, matched);
        }
        else if (!isOpen && data.Targets is ClassLabels { Width: int width } other && width == network.OutputShape.Size)
        {
            throw new ArgumentException(
                $"The network knows the classes {Show(names, width)}, but the data set has {Show(other.ClassNames, width)}; give them the same names, or the numbers of the network's classes.", nameof(data));
        }
        if (data.Targets.Width != network.OutputShape.Size)
        {
            throw new ArgumentException(
                $"The network puts out {network.OutputShape} values ({network.Layers[^1]}), but the data set wants {data.Targets.Width}.", nameof(data));
        }
        if (data.Targets is ClassLabels { Width: > ConfusionMatrix.MaxClassCount })
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"The data set has {data.Targets.Width:N0} classes, expected at most {ConfusionMatrix.MaxClassCount:N0}: what was predicted as what would need {sizeof(int) * (long)data.Targets.Width * data.Targets.Width:N0} bytes."), nameof(data));
        }
        return data;
    }

    private static string Show(IReadOnlyList<string>? names, int count)
    {
        const int Shown = 12;
        return names is null
            ? FormattableString.Invariant($"0 to {count - 1} without names")
            : string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? "…" : "");
    }
}
