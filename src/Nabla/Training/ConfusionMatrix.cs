using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>How often each class was predicted as each class.</summary>
public sealed class ConfusionMatrix
{
    /// <summary>Most classes there can be: more pairs of them do not fit an array.</summary>
    public const int MaxClassCount = 46_340;

    private readonly int[] _counts;

    /// <summary>An empty matrix.</summary>
    /// <param name="classCount">Number of classes, 1 to <see cref="MaxClassCount"/>.</param>
    public ConfusionMatrix(int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classCount, MaxClassCount);
        ClassCount = classCount;
        _counts = new int[classCount * classCount];
    }

    /// <summary>Number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>How many samples of class <paramref name="actual"/> were predicted as class <paramref name="predicted"/>.</summary>
    public int this[int actual, int predicted] => _counts[IndexOf(actual, predicted)];

    /// <summary>Number of samples counted.</summary>
    public int Total => _counts.Sum();

    /// <summary>Number of samples whose class was recognised.</summary>
    public int Correct => Enumerable.Range(0, ClassCount).Sum(c => this[c, c]);

    /// <summary>
    /// Cohen's kappa: how much of what chance would get wrong is right, 1 where all is, 0 where no more is than by answering
    /// each class as often without looking, below 0 where less is; 0 also where there is one class alone. Cohen, "A coefficient of
    /// agreement for nominal scales", Educational and Psychological Measurement 20, 1960.
    /// </summary>
    public double Kappa
    {
        get
        {
            double total = Math.Max(Total, 1);
            double chance = Enumerable.Range(0, ClassCount).Sum(c => Support(c) / total * (Predicted(c) / total));
            return chance == 1 ? 0 : (Correct / total - chance) / (1 - chance);
        }
    }

    /// <summary>Adds to each process's counts those of the others.</summary>
    internal void Share(ICommunicator communicator)
    {
        int[] all = new int[communicator.Size * _counts.Length];
        communicator.AllGather(MemoryMarshal.AsBytes(_counts.AsSpan()), MemoryMarshal.AsBytes(all.AsSpan()));
        Array.Clear(_counts);
        for (int i = 0; i < all.Length; i++)
        {
            _counts[i % _counts.Length] += all[i];
        }
    }

    /// <summary>Counts one sample.</summary>
    public void Add(int actual, int predicted) => _counts[IndexOf(actual, predicted)]++;

    /// <summary>Of the samples predicted as the class, the share that are of it; 0 where none was.</summary>
    public double Precision(int label) => Share(this[label, label], Predicted(label));

    /// <summary>Of the samples of the class, the share that was recognised; 0 where there are none.</summary>
    public double Recall(int label) => Share(this[label, label], Support(label));

    /// <summary>Harmonic mean of <see cref="Precision"/> and <see cref="Recall"/>; 0 where both are.</summary>
    public double F1(int label)
    {
        double precision = Precision(label);
        double recall = Recall(label);
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    /// <summary>The class that most samples are of; the first of equals.</summary>
    public int CommonestClass => Enumerable.Range(0, ClassCount).MaxBy(Support);

    /// <summary>Number of samples of the class.</summary>
    public int Support(int label) => Enumerable.Range(0, ClassCount).Sum(predicted => this[label, predicted]);

    /// <summary>Number of samples that were predicted as the class.</summary>
    private int Predicted(int label) => Enumerable.Range(0, ClassCount).Sum(actual => this[actual, label]);

    /// <summary>The mistakes made most often, most frequent first; at most <paramref name="count"/>, and none that was never made.</summary>
    public IReadOnlyList<(int Actual, int Predicted, int Count)> MostConfused(int count)
    {
        IEnumerable<(int Actual, int Predicted, int Count)> mistakes =
            from actual in Enumerable.Range(0, ClassCount)
            from predicted in Enumerable.Range(0, ClassCount)
            let times = this[actual, predicted]
            where actual != predicted && times > 0
            orderby times descending
            select (actual, predicted, times);
        return [.. mistakes.Take(count)];
    }

    private int IndexOf(int actual, int predicted)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)actual, (uint)ClassCount, nameof(actual));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)predicted, (uint)ClassCount, nameof(predicted));
        return actual * ClassCount + predicted;
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
