using System.Runtime.CompilerServices;

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
        int channel = 0;
        for (; channel <= Geometry.Channels - T.Count; channel += T.Count)
        {
            Forward<T, ChannelLanes.All>(input + channel, output + channel, default);
        }
        if (channel < Geometry.Channels)
        {
            Forward<T, ChannelLanes.First>(input + channel, output + channel, T.FirstLanes(Geometry.Channels - channel));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Forward<T, TLanes>(nint input, nint output, T mask)
        where T : struct, ILanes<T>
        where TLanes : struct, IChannelLanes
    {
        float* above = Input + input, below = above + (nint)Geometry.Width * Geometry.Channels;
        T greatest = T.Max(ChannelLanes.Load<T, TLanes>(above, mask), ChannelLanes.Load<T, TLanes>(above + Geometry.Channels, mask));
        greatest = T.Max(greatest, ChannelLanes.Load<T, TLanes>(below, mask));
        greatest = T.Max(greatest, ChannelLanes.Load<T, TLanes>(below + Geometry.Channels, mask));
        ChannelLanes.Store<T, TLanes>(Output + output, mask, greatest);
    }

    private readonly void Backward<T>(nint input, nint output)
        where T : struct, ILanes<T>
    {
        int channel = 0;
        for (; channel <= Geometry.Channels - T.Count; channel += T.Count)
        {
            Backward<T, ChannelLanes.All>(input + channel, output + channel, default);
        }
        if (channel < Geometry.Channels)
        {
            Backward<T, ChannelLanes.First>(input + channel, output + channel, T.FirstLanes(Geometry.Channels - channel));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Backward<T, TLanes>(nint input, nint output, T mask)
        where T : struct, ILanes<T>
        where TLanes : struct, IChannelLanes
    {
        nint line = (nint)Geometry.Width * Geometry.Channels;
        T greatest = ChannelLanes.Load<T, TLanes>(Output + output, mask);
        // What no pixel has taken yet: the first that is not below the greatest takes it.
        T gradient = TFunction.Backward(greatest, ChannelLanes.Load<T, TLanes>(DOutput + output, mask));
        Give<T, TLanes>(input, mask, greatest, ref gradient);
        Give<T, TLanes>(input + Geometry.Channels, mask, greatest, ref gradient);
        Give<T, TLanes>(input + line, mask, greatest, ref gradient);
        Give<T, TLanes>(input + line + Geometry.Channels, mask, greatest, ref gradient);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Give<T, TLanes>(nint at, T mask, T greatest, ref T gradient)
        where T : struct, ILanes<T>
        where TLanes : struct, IChannelLanes
    {
        T below = greatest - ChannelLanes.Load<T, TLanes>(Input + at, mask);
        ChannelLanes.Store<T, TLanes>(DInput + at, mask, T.WherePositive(below, default, gradient));
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
