namespace Nabla.Numerics;

/// <summary>
/// Softmax and, where there are targets, its cross-entropy, of as many rows at a time as a vector has lanes. The rows are
/// transposed first, so that each stands in a lane of its own: a row's sums then go from its first number to its last in one
/// lane, and do not depend on the width of the vectors.
/// </summary>
internal unsafe struct SoftmaxJob : ILanesJob
{
    public float* Logits;
    public int Rows;
    public int Width;

    /// <summary>Where the probabilities go, or with targets the gradient; null where only the losses are wanted.</summary>
    public float* Result;

    /// <summary>What was wanted, or null where only the probabilities are.</summary>
    public float* Targets;

    /// <summary>What the gradient is divided by.</summary>
    public float Divisor;

    /// <summary>To this the losses of the rows are added, one after the other.</summary>
    public double* Loss;

    public readonly void Run<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        if (T.Count == 1)
        {
            for (nint row = 0; row < Rows; row++)
            {
                Compute<T>(Logits + row * Width, Targets is null ? null : Targets + row * Width, Result is null ? null : Result + row * Width, Width, rows: 1);
            }
            return;
        }
        int size = Width * T.Count;
        float* logits = MatrixPacking.Transposed(TransposedFloats<T>(Width)), powers = logits + size, targets = powers + size;
        for (int row = 0; row < Rows; row += T.Count)
        {
            int rows = Math.Min(T.Count, Rows - row);
            nint at = (nint)row * Width;
            Transpose<T>(Logits + at, logits, rows);
            if (Targets is not null)
            {
                Transpose<T>(Targets + at, targets, rows);
            }
            Compute<T>(logits, Targets is null ? null : targets, Result is null ? null : powers, size, rows);
            if (Result is not null)
            {
                Transposition.Transpose(powers, T.Count, Result + at, Width, Width, rows);
            }
        }
    }

    /// <summary>Floats of a vector's logits, powers and targets.</summary>
    public static long TransposedFloats<T>(int width)
        where T : struct, ILanes<T> => 3L * width * T.Count;

    /// <summary>A row in each lane: their probabilities, or with targets the gradient and the losses.</summary>
    private readonly void Compute<T>(float* logits, float* targets, float* result, nint size, int rows)
        where T : struct, ILanes<T>
    {
        if (targets is null)
        {
            ToProbabilities<T>(logits, result, size);
        }
        else
        {
            ToGradient<T>(logits, targets, result, size, rows);
        }
    }

    private readonly void Transpose<T>(float* numbers, float* transposed, int rows)
        where T : struct, ILanes<T>
    {
        if (rows < T.Count)
        {
            new Span<float>(transposed, Width * T.Count).Clear();
        }
        Transposition.Transpose(numbers, Width, transposed, T.Count, rows, Width);
    }

    private static void ToProbabilities<T>(float* logits, float* powers, nint size)
        where T : struct, ILanes<T>
    {
        (_, T sum) = ToPowers<T>(logits, powers, size);
        for (nint i = 0; i < size; i += T.Count)
        {
            (T.Load(in *powers, i) / sum).Store(ref *powers, i);
        }
    }

    private readonly void ToGradient<T>(float* logits, float* targets, float* powers, nint size, int rows)
        where T : struct, ILanes<T>
    {
        (T greatest, T sum) = ToPowers<T>(logits, powers, size);

        // log probability = logit − log Σ eˡᵒᵍⁱᵗ; the log of the probability itself would be −∞ where that has underflowed to 0.
        T logOfSum = greatest + Log(sum);
        T loss = default, weight = default;
        for (nint i = 0; i < size; i += T.Count)
        {
            T target = T.Load(in *targets, i);
            weight += target;
            loss += target * (logOfSum - T.Load(in *logits, i));
        }
        T divisor = T.Broadcast(Divisor);
        for (nint i = 0; i < size && powers is not null; i += T.Count)
        {
            ((T.Load(in *powers, i) / sum * weight - T.Load(in *targets, i)) / divisor).Store(ref *powers, i);
        }
        float* losses = stackalloc float[T.Count];
        loss.Store(ref *losses, 0);
        for (int row = 0; row < rows; row++)
        {
            *Loss += losses[row];
        }
    }

    /// <summary>eˣ of each logit less the row's greatest, unless <paramref name="powers"/> is null; the greatest, and the sum of those powers.</summary>
    private static (T Greatest, T Sum) ToPowers<T>(float* logits, float* powers, nint size)
        where T : struct, ILanes<T>
    {
        T greatest = T.Load(in *logits, 0);
        for (nint i = T.Count; i < size; i += T.Count)
        {
            greatest = T.Max(greatest, T.Load(in *logits, i));
        }
        T sum = default;
        for (nint i = 0; i < size; i += T.Count)
        {
            T power = Elementary.Exp(T.Load(in *logits, i) - greatest);
            if (powers is not null)
            {
                power.Store(ref *powers, i);
            }
            sum += power;
        }
        return (greatest, sum);
    }

    private static T Log<T>(T numbers)
        where T : struct, ILanes<T>
    {
        float* each = stackalloc float[T.Count];
        numbers.Store(ref *each, 0);
        for (int i = 0; i < T.Count; i++)
        {
            each[i] = Elementary.Log(each[i]);
        }
        return T.Load(in *each, 0);
    }
}
