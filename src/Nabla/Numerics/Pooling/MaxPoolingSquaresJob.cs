namespace Nabla.Numerics;

/// <summary>
/// Max pooling over squares of two by two pixels that neither overlap nor leave gaps, or its gradient: every pixel is read
/// once and written once. A last odd row or column belongs to no square.
/// </summary>
/// <typeparam name="TFunction">The activation whose outputs the input is; the gradient is multiplied by its derivative.</typeparam>
internal unsafe struct MaxPoolingSquaresJob<TFunction> : IJob, ILanesJob
    where TFunction : IActivationFunction
{
    public PoolingGeometry Geometry;
    public int Images;
    public float* Input;
    public float* Output;

    /// <summary>Null for the forward pass.</summary>
    public float* DOutput;

    public float* DInput;

    public readonly void Run(int part, int parts) => LanesJob.Run(this, part, parts);

    public readonly void Run<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        nint line = (nint)Geometry.Width * Geometry.Channels;
        int end = (int)((long)Images * (part + 1) / parts);
        for (int image = (int)((long)Images * part / parts); image < end; image++)
        {
            nint output = (nint)image * Geometry.OutputSize;
            for (int y = 0; y < Geometry.OutputHeight; y++)
            {
                nint input = (nint)image * Geometry.InputSize + 2 * y * line;
                for (int x = 0; x < Geometry.OutputWidth; x++, input += 2 * Geometry.Channels, output += Geometry.Channels)
                {
                    if (DOutput is null)
                    {
                        Forward<T>(input, output);
                    }
                    else
                    {
                        Backward<T>(input, output);
                    }
                }
            }
            if (DOutput is not null)
            {
                ClearRest(DInput + (nint)image * Geometry.InputSize, line);
            }
        }
    }

    private readonly void Forward<T>(nint input, nint output)
        where T : struct, ILanes<T>
    {
        int channels = Geometry.Channels;
        float* above = Input + input, below = above + (nint)Geometry.Width * channels;
        for (int channel = 0; channel < channels; channel += T.Count)
        {
            T mask = T.FirstLanes(channels - channel);
            T greatest = T.Max(T.LoadWhere(mask, above + channel), T.LoadWhere(mask, above + channels + channel));
            greatest = T.Max(greatest, T.LoadWhere(mask, below + channel));
            greatest = T.Max(greatest, T.LoadWhere(mask, below + channels + channel));
            greatest.StoreWhere(mask, Output + output + channel);
        }
    }

    private readonly void Backward<T>(nint input, nint output)
        where T : struct, ILanes<T>
    {
        int channels = Geometry.Channels;
        nint line = (nint)Geometry.Width * channels;
        for (int channel = 0; channel < channels; channel += T.Count)
        {
            T mask = T.FirstLanes(channels - channel);
            T greatest = T.LoadWhere(mask, Output + output + channel);
            // What no pixel has taken yet: the first that is not below the greatest takes it.
            T gradient = TFunction.Backward(greatest, T.LoadWhere(mask, DOutput + output + channel));
            nint at = input + channel;
            Give(at, mask, greatest, ref gradient);
            Give(at + channels, mask, greatest, ref gradient);
            Give(at + line, mask, greatest, ref gradient);
            Give(at + line + channels, mask, greatest, ref gradient);
        }
    }

    private readonly void Give<T>(nint at, T mask, T greatest, ref T gradient)
        where T : struct, ILanes<T>
    {
        T below = greatest - T.LoadWhere(mask, Input + at);
        T.WherePositive(below, default, gradient).StoreWhere(mask, DInput + at);
        gradient = T.WherePositive(below, gradient, default);
    }

    private readonly void ClearRest(float* image, nint line)
    {
        if (Geometry.Width % 2 == 1)
        {
            for (int y = 0; y < Geometry.Height; y++)
            {
                new Span<float>(image + (y + 1) * line - Geometry.Channels, Geometry.Channels).Clear();
            }
        }
        if (Geometry.Height % 2 == 1)
        {
            new Span<float>(image + (Geometry.Height - 1) * line, (int)line).Clear();
        }
    }
}
