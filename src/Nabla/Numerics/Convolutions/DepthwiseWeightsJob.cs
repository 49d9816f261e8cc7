using System.Runtime.CompilerServices;

namespace Nabla.Numerics;

/// <summary>
/// See <see cref="DepthwiseProduct.BackwardWeights"/>. Up to 3×3 taps at a time stay in registers along a row of positions. Threads take different channels, each
/// over all images, so that no sum is split.
/// </summary>
internal unsafe struct DepthwiseWeightsJob : IJob, ILanesJob
{
    private const int MostTaps = 3;

    public ConvolutionGeometry Geometry;
    public int Images;
    public float* Input;
    public float* DOutput;
    public float* DWeights;

    public readonly void Run(int part, int parts) => LanesJob.Run(this, part, parts);

    public readonly void Run<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        PaddedImages images = new(Geometry);
        int channels = Geometry.Channels;
        long vectors = ((long)channels + T.Count - 1) / T.Count;
        int firstChannel = (int)(vectors * part / parts * T.Count), endChannel = (int)Math.Min(vectors * (part + 1) / parts * T.Count, channels);
        if (firstChannel >= endChannel)
        {
            return;
        }
        nint outputRow = (nint)Geometry.OutputWidth * channels;
        for (int image = 0; image < Images; image++)
        {
            float* pixels = images.Read(Input + (nint)image * Geometry.ImageSize), dOutput = DOutput + image * Geometry.OutputHeight * outputRow;
            for (int y = 0; y < Geometry.OutputHeight; y++)
            {
                for (int row = 0; row < Geometry.KernelHeight; row += MostTaps)
                {
                    float* line = pixels + ((nint)y * Geometry.Stride + row) * images.RowLength;
                    for (int column = 0; column < Geometry.KernelWidth; column += MostTaps)
                    {
                        for (int channel = firstChannel; channel < endChannel; channel += T.Count)
                        {
                            Compute<T>(
                                line + (nint)column * channels + channel, images.RowLength, dOutput + y * outputRow + channel,
                                DWeights + ((nint)row * Geometry.KernelWidth + column) * channels + channel,
                                Math.Min(MostTaps, Geometry.KernelHeight - row), Math.Min(MostTaps, Geometry.KernelWidth - column), endChannel - channel);
                        }
                    }
                }
            }
        }
    }

    private readonly void Compute<T>(float* input, nint inputRow, float* dOutput, float* dWeights, int rows, int columns, int channelsLeft)
        where T : struct, ILanes<T>
    {
        if (channelsLeft >= T.Count)
        {
            Compute<T, ChannelLanes.All>(input, inputRow, dOutput, dWeights, rows, columns, channelsLeft);
        }
        else
        {
            Compute<T, ChannelLanes.First>(input, inputRow, dOutput, dWeights, rows, columns, channelsLeft);
        }
    }

    private readonly void Compute<T, TLanes>(float* input, nint inputRow, float* dOutput, float* dWeights, int rows, int columns, int channelsLeft)
        where T : struct, ILanes<T>
        where TLanes : struct, IChannelLanes
    {
        switch (rows, columns)
        {
            case (1, 1): Compute<T, TLanes, TileHeights.Of1, TileHeights.Of1>(input, inputRow, dOutput, dWeights, channelsLeft); break;
            case (1, 2): Compute<T, TLanes, TileHeights.Of1, TileHeights.Of2>(input, inputRow, dOutput, dWeights, channelsLeft); break;
            case (1, 3): Compute<T, TLanes, TileHeights.Of1, TileHeights.Of3>(input, inputRow, dOutput, dWeights, channelsLeft); break;
            case (2, 1): Compute<T, TLanes, TileHeights.Of2, TileHeights.Of1>(input, inputRow, dOutput, dWeights, channelsLeft); break;
            case (2, 2): Compute<T, TLanes, TileHeights.Of2, TileHeights.Of2>(input, inputRow, dOutput, dWeights, channelsLeft); break;
            case (2, 3): Compute<T, TLanes, TileHeights.Of2, TileHeights.Of3>(input, inputRow, dOutput, dWeights, channelsLeft); break;
            case (3, 1): Compute<T, TLanes, TileHeights.Of3, TileHeights.Of1>(input, inputRow, dOutput, dWeights, channelsLeft); break;
            case (3, 2): Compute<T, TLanes, TileHeights.Of3, TileHeights.Of2>(input, inputRow, dOutput, dWeights, channelsLeft); break;
            case (3, 3): Compute<T, TLanes, TileHeights.Of3, TileHeights.Of3>(input, inputRow, dOutput, dWeights, channelsLeft); break;
            default: throw new SwitchExpressionException((rows, columns));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Compute<T, TLanes, TRows, TColumns>(float* input, nint inputRow, float* dOutput, float* dWeights, int channelsLeft)
        where T : struct, ILanes<T>
        where TLanes : struct, IChannelLanes
        where TRows : struct, ITileHeight
        where TColumns : struct, ITileHeight
    {
        // First of all: it is a call, and what is live across a call is not in registers, before it and after it.
        int positions = Geometry.OutputWidth;
        T mask = T.FirstLanes(channelsLeft);
        nint channels = Geometry.Channels, two = 2 * channels, step = Geometry.Stride * channels, kernelRow = Geometry.KernelWidth * channels;
        float* weights1 = dWeights + kernelRow, weights2 = weights1 + kernelRow;
        T sum00 = default, sum01 = default, sum02 = default, sum10 = default, sum11 = default, sum12 = default, sum20 = default, sum21 = default, sum22 = default;
        sum00 = ChannelLanes.Load<T, TLanes>(dWeights, mask);
        if (TColumns.Count > 1) { sum01 = ChannelLanes.Load<T, TLanes>(dWeights + channels, mask); }
        if (TColumns.Count > 2) { sum02 = ChannelLanes.Load<T, TLanes>(dWeights + two, mask); }
        if (TRows.Count > 1) { sum10 = ChannelLanes.Load<T, TLanes>(weights1, mask); }
        if (TRows.Count > 1 && TColumns.Count > 1) { sum11 = ChannelLanes.Load<T, TLanes>(weights1 + channels, mask); }
        if (TRows.Count > 1 && TColumns.Count > 2) { sum12 = ChannelLanes.Load<T, TLanes>(weights1 + two, mask); }
        if (TRows.Count > 2) { sum20 = ChannelLanes.Load<T, TLanes>(weights2, mask); }
        if (TRows.Count > 2 && TColumns.Count > 1) { sum21 = ChannelLanes.Load<T, TLanes>(weights2 + channels, mask); }
        if (TRows.Count > 2 && TColumns.Count > 2) { sum22 = ChannelLanes.Load<T, TLanes>(weights2 + two, mask); }

        float* row0 = input, row1 = row0 + inputRow, row2 = row1 + inputRow;
        for (; positions > 0; positions--, dOutput += channels, row0 += step, row1 += step, row2 += step)
        {
            T gradient = ChannelLanes.Load<T, TLanes>(dOutput, mask);
            ChannelLanes.AddProducts<T, TLanes>(ref sum00, gradient, row0, mask);
            if (TColumns.Count > 1) { ChannelLanes.AddProducts<T, TLanes>(ref sum01, gradient, row0 + channels, mask); }
            if (TColumns.Count > 2) { ChannelLanes.AddProducts<T, TLanes>(ref sum02, gradient, row0 + two, mask); }
            if (TRows.Count > 1) { ChannelLanes.AddProducts<T, TLanes>(ref sum10, gradient, row1, mask); }
            if (TRows.Count > 1 && TColumns.Count > 1) { ChannelLanes.AddProducts<T, TLanes>(ref sum11, gradient, row1 + channels, mask); }
            if (TRows.Count > 1 && TColumns.Count > 2) { ChannelLanes.AddProducts<T, TLanes>(ref sum12, gradient, row1 + two, mask); }
            if (TRows.Count > 2) { ChannelLanes.AddProducts<T, TLanes>(ref sum20, gradient, row2, mask); }
            if (TRows.Count > 2 && TColumns.Count > 1) { ChannelLanes.AddProducts<T, TLanes>(ref sum21, gradient, row2 + channels, mask); }
            if (TRows.Count > 2 && TColumns.Count > 2) { ChannelLanes.AddProducts<T, TLanes>(ref sum22, gradient, row2 + two, mask); }
        }

        ChannelLanes.Store<T, TLanes>(dWeights, mask, sum00);
        if (TColumns.Count > 1) { ChannelLanes.Store<T, TLanes>(dWeights + channels, mask, sum01); }
        if (TColumns.Count > 2) { ChannelLanes.Store<T, TLanes>(dWeights + two, mask, sum02); }
        if (TRows.Count > 1) { ChannelLanes.Store<T, TLanes>(weights1, mask, sum10); }
        if (TRows.Count > 1 && TColumns.Count > 1) { ChannelLanes.Store<T, TLanes>(weights1 + channels, mask, sum11); }
        if (TRows.Count > 1 && TColumns.Count > 2) { ChannelLanes.Store<T, TLanes>(weights1 + two, mask, sum12); }
        if (TRows.Count > 2) { ChannelLanes.Store<T, TLanes>(weights2, mask, sum20); }
        if (TRows.Count > 2 && TColumns.Count > 1) { ChannelLanes.Store<T, TLanes>(weights2 + channels, mask, sum21); }
        if (TRows.Count > 2 && TColumns.Count > 2) { ChannelLanes.Store<T, TLanes>(weights2 + two, mask, sum22); }
    }
}
