using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nabla.Numerics;

namespace Nabla;

/// <summary>The gradients of several batches, added up until the optimiser moves (<see cref="TrainingOptions.AccumulationSteps"/>).</summary>
/// <param name="parameterCount">Number of parameters.</param>
/// <param name="batches">Batches to a move, at least 1.</param>
/// <param name="threads">Threads to use; the result does not depend on it.</param>
internal sealed class AccumulatedGradient(int parameterCount, int batches, int threads)
{
    private readonly float[] _sum = new float[parameterCount];
    private int _batches;
    private int _samples;

    /// <summary>Adds the gradient of a batch, by its number of samples: the last batch of an epoch may be smaller.</summary>
    /// <param name="gradient">The gradient of its mean loss.</param>
    /// <param name="samples">Its samples.</param>
    /// <param name="isLast">Whether nothing is to come that could be added.</param>
    /// <returns>Whether the optimiser is to move, by the <see cref="Mean"/>.</returns>
    public bool Add(ReadOnlySpan<float> gradient, int samples, bool isLast)
    {
        if (_batches == 0)
        {
            Array.Clear(_sum);
        }
        // sum + samples · gradient is a step of descent with −samples as its rate.
        ElementWiseKernels.Descend(gradient, _sum, -samples, keep: 1, threads);
        _batches++;
        _samples += samples;
        return isLast || _batches == batches;
    }

    /// <summary>The mean gradient of all samples since the last move. With it the sum is used up.</summary>
    public Span<float> Mean()
    {
        DivideKernel kernel = new(_sum, _samples);
        ElementWise.Run(ref kernel, _sum.Length, threads);
        (_batches, _samples) = (0, 0);
        return _sum;
    }

    /// <summary>Writes down what has been added up.</summary>
    public void Save(Checkpoint checkpoint)
    {
        checkpoint.Add("accumulated", _sum);
        checkpoint.Add("accumulated/counts", [_batches, _samples]);
    }

    /// <summary>Goes on from what was written down.</summary>
    public void Restore(Checkpoint checkpoint)
    {
        Span<int> counts = stackalloc int[2];
        checkpoint.CopyTo("accumulated", _sum.AsSpan());
        checkpoint.CopyTo("accumulated/counts", counts);
        (_batches, _samples) = (counts[0], counts[1]);
    }

    private readonly ref struct DivideKernel(Span<float> values, float divisor) : IElementKernel
    {
        private readonly ref float _values = ref MemoryMarshal.GetReference(values);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T> => (T.Load(ref _values, index) / T.Broadcast(divisor)).Store(ref _values, index);
    }
}
