namespace Nabla.Numerics;

/// <summary>
/// See <see cref="RowNormalization"/>; threads take rows. A row's sum is that of 16 chains, of which each takes every 16th number, first to last;
/// then the upper half of the chains is added to the lower, until one is left. So its bits do not depend on the width of vectors.
/// </summary>
internal unsafe struct RowNormalizationJob : IJob, ILanesJob
{
    private const int Chains = 16;

    public float* Input;
    public float* Scale;
    public float* Offset;
    public float* Output;

    /// <summary>Of each row its mean, and 1 over its standard deviation; null where nobody goes back.</summary>
    public float* State;

    /// <summary>The gradient of the output: it is a backward pass. Null for a forward pass.</summary>
    public float* DOutput;

    /// <summary>Where the gradient of the input goes; null where nobody asks for it.</summary>
    public float* DInput;

    public int Rows;
    public int Width;
    public float Epsilon;

    public readonly void Run(int part, int parts) => LanesJob.Run(this, part, parts);

    public readonly void Run<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        float* chains = stackalloc float[2 * Chains];
        nint end = (nint)((long)Rows * (part + 1) / parts);
        for (nint row = (nint)((long)Rows * part / parts); row < end; row++)
        {
            float* state = State is null ? null : State + row * RowNormalization.StateOfRow;
            if (DOutput is null)
            {
                Forward<T>(Input + row * Width, Output + row * Width, state, chains);
            }
            else
            {
                Backward<T>(Input + row * Width, DOutput + row * Width, DInput is null ? null : DInput + row * Width, state, chains);
            }
        }
    }

    private readonly void Forward<T>(float* input, float* output, float* state, float* chains)
        where T : struct, ILanes<T>
    {
        float mean = Sum<T>(input, chains) / Width;
        float perDeviation = 1 / float.Sqrt(SumOfSquares<T>(input, mean, chains) / Width + Epsilon);
        if (state is not null)
        {
            state[0] = mean;
            state[1] = perDeviation;
        }
        for (nint i = 0; i < Width; i += T.Count)
        {
            T mask = T.FirstLanes(Width - i);
            T normalised = (T.LoadWhere(mask, input + i) - T.Broadcast(mean)) * T.Broadcast(perDeviation);
            T.FusedMultiplyAdd(normalised, T.LoadWhere(mask, Scale + i), T.LoadWhere(mask, Offset + i)).StoreWhere(mask, output + i);
        }
    }

    /// <summary>
    /// With n the normalised input and g = dOutput · scale: dInput = (g − mean of g − n · mean of g · n) / deviation, since mean and deviation depend on
    /// the input, too. J. Ba, J. Kiros and G. Hinton, "Layer normalization", 2016.
    /// </summary>
    private readonly void Backward<T>(float* input, float* dOutput, float* dInput, float* state, float* chains)
        where T : struct, ILanes<T>
    {
        T mean = T.Broadcast(state[0]), perDeviation = T.Broadcast(state[1]);
        (float sum, float sumOfProducts) = dInput is null ? default : Sums<T>(input, dOutput, mean, perDeviation, chains);
        T meanOfGradient = T.Broadcast(sum / Width), meanOfProducts = T.Broadcast(-sumOfProducts / Width);
        for (nint i = 0; i < Width; i += T.Count)
        {
            T mask = T.FirstLanes(Width - i);
            T normalised = (T.LoadWhere(mask, input + i) - mean) * perDeviation;
            T gradient = T.LoadWhere(mask, dOutput + i);
            (gradient * normalised).StoreWhere(mask, dOutput + i);
            if (dInput is not null)
            {
                T centred = gradient * T.LoadWhere(mask, Scale + i) - meanOfGradient;
                (T.FusedMultiplyAdd(normalised, meanOfProducts, centred) * perDeviation).StoreWhere(mask, dInput + i);
            }
        }
    }

    private readonly float Sum<T>(float* input, float* chains)
        where T : struct, ILanes<T>
    {
        for (nint first = 0; first < Chains; first += T.Count)
        {
            T sum = default;
            for (nint i = first; i < Width; i += Chains)
            {
                sum += T.LoadWhere(T.FirstLanes(Width - i), input + i);
            }
            sum.Store(ref *chains, first);
        }
        return Add(chains);
    }

    private readonly float SumOfSquares<T>(float* input, float mean, float* chains)
        where T : struct, ILanes<T>
    {
        float* means = chains + Chains;
        new Span<float>(means, Chains).Fill(mean);
        for (nint first = 0; first < Chains; first += T.Count)
        {
            T sum = default;
            for (nint i = first; i < Width; i += Chains)
            {
                // Lanes beyond the row are 0 − 0.
                T mask = T.FirstLanes(Width - i);
                T distance = T.LoadWhere(mask, input + i) - T.LoadWhere(mask, means);
                sum = T.FusedMultiplyAdd(distance, distance, sum);
            }
            sum.Store(ref *chains, first);
        }
        return Add(chains);
    }

    /// <summary>The sums of g and of g · n.</summary>
    private readonly (float Gradient, float Products) Sums<T>(float* input, float* dOutput, T mean, T perDeviation, float* chains)
        where T : struct, ILanes<T>
    {
        for (nint first = 0; first < Chains; first += T.Count)
        {
            T sum = default, sumOfProducts = default;
            for (nint i = first; i < Width; i += Chains)
            {
                T mask = T.FirstLanes(Width - i);
                T gradient = T.LoadWhere(mask, dOutput + i) * T.LoadWhere(mask, Scale + i);
                sum += gradient;
                sumOfProducts = T.FusedMultiplyAdd(gradient, (T.LoadWhere(mask, input + i) - mean) * perDeviation, sumOfProducts);
            }
            sum.Store(ref *chains, first);
            sumOfProducts.Store(ref *chains, Chains + first);
        }
        return (Add(chains), Add(chains + Chains));
    }

    private static float Add(float* chains)
    {
        for (int half = Chains / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                chains[i] += chains[i + half];
            }
        }
        return *chains;
    }
}
