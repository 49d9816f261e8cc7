using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// The exponential moving average of a network's parameters, and of the numbers in its buffers, over the steps of a training. With it a network is
/// measured, and left at the end: B. Polyak and A. Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="decay">See <see cref="TrainingOptions.AverageDecay"/>.</param>
internal sealed class WeightAverage(Network network, double decay)
{
    private readonly float[] _parameters = network.Parameters.ToArray();
    private readonly float[] _buffers = network.Buffers.ToArray();

    /// <summary>Steps that went into it.</summary>
    public long Steps { get; private set; }

    /// <summary>Takes the network as it is after a step into the average.</summary>
    public void Add(int threads)
    {
        Steps++;
        // At first the average follows faster, since what it began with has no meaning: as TensorFlow's does.
        float share = (float)(1 - Math.Min(decay, Steps / (Steps + 9.0)));
        Follow(network.Parameters, _parameters, share, threads);
        Follow(network.Buffers, _buffers, share, threads);
    }

    /// <summary>Exchanges the network's numbers for the average, and the other way round.</summary>
    public void Exchange()
    {
        Exchange(network.Parameters, _parameters);
        Exchange(network.Buffers, _buffers);
    }

    /// <summary>Writes down the average.</summary>
    public void Save(Checkpoint checkpoint)
    {
        checkpoint.Add("average/parameters", _parameters);
        checkpoint.Add("average/buffers", _buffers);
    }

    /// <summary>Goes on from an average that was written down.</summary>
    public void Restore(Checkpoint checkpoint)
    {
        Steps = checkpoint.Document.AveragedSteps;
        checkpoint.CopyTo("average/parameters", _parameters);
        checkpoint.CopyTo("average/buffers", _buffers);
    }

    private static void Exchange(Span<float> left, Span<float> right)
    {
        for (int i = 0; i < left.Length; i++)
        {
            (left[i], right[i]) = (right[i], left[i]);
        }
    }

    private static void Follow(ReadOnlySpan<float> values, Span<float> average, float share, int threads)
    {
        Kernel kernel = new(values, average, share);
        ElementWise.Run(ref kernel, values.Length, threads);
    }

    private readonly ref struct Kernel(ReadOnlySpan<float> values, Span<float> average, float share) : IElementKernel
    {
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref float _average = ref MemoryMarshal.GetReference(average);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T>
        {
            T old = T.Load(ref _average, index);
            T.FusedMultiplyAdd(T.Broadcast(share), T.Load(in _values, index) - old, old).Store(ref _average, index);
        }
    }
}
