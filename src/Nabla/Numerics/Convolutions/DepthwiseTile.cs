using System.Runtime.CompilerServices;

namespace Nabla.Numerics;

/// <summary>Where the numbers of one <see cref="DepthwiseTile{T, TPositions, TLanes}"/> are. The memory must stay where it is meanwhile.</summary>
internal unsafe struct DepthwiseOperands
{
    /// <summary>What the first tap of the first position reads.</summary>
    public float* Source;

    /// <summary>Floats from one position to the next.</summary>
    public nint SourceStep;

    /// <summary>Floats from one row of taps to the next.</summary>
    public nint SourceRow;

    /// <summary>Floats from one tap of a row to the next.</summary>
    public nint SourceTap;

    /// <summary>The weights of the first tap.</summary>
    public float* Weights;

    /// <summary>Floats from one row of taps to the next.</summary>
    public nint WeightsRow;

    /// <summary>Floats from one tap of a row to the next.</summary>
    public nint WeightsTap;

    /// <summary>Rows of taps.</summary>
    public int Rows;

    /// <summary>Taps of a row.</summary>
    public int Taps;

    /// <summary>What the sums begin with, the same at all positions; null for zeros.</summary>
    public float* Start;

    /// <summary>Where the first position's sums go.</summary>
    public float* Result;

    /// <summary>Floats from one position to the next.</summary>
    public nint ResultStep;

    /// <summary>Channels, up to a vector.</summary>
    public int Channels;
}

/// <summary>
/// The innermost kernel of a depthwise convolution: up to eight positions side by side, a vector of channels each, whose sums stay in registers from the first
/// tap to the last. Each sum is one chain of fused multiply-adds in the order of the taps.
/// </summary>
/// <typeparam name="T">Vector of floats.</typeparam>
/// <typeparam name="TPositions">Number of positions; the code of those beyond is never compiled.</typeparam>
/// <typeparam name="TLanes">Whether there is a whole vector of channels.</typeparam>
internal static unsafe class DepthwiseTile<T, TPositions, TLanes>
    where T : struct, ILanes<T>
    where TPositions : struct, ITileHeight
    where TLanes : struct, IChannelLanes
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Compute(in DepthwiseOperands operands)
    {
        T mask = T.FirstLanes(operands.Channels);
        T start = operands.Start is null ? default : ChannelLanes.Load<T, TLanes>(operands.Start, mask);
        T sum0 = start, sum1 = start, sum2 = start, sum3 = start, sum4 = start, sum5 = start, sum6 = start, sum7 = start;
        nint step = operands.SourceStep, twoSteps = 2 * step, tap = operands.SourceTap, weightsTap = operands.WeightsTap;
        float* source = operands.Source, weights = operands.Weights;
        for (int row = operands.Rows; row > 0; row--, source += operands.SourceRow, weights += operands.WeightsRow)
        {
            float* source0 = source, source3 = source + 3 * step, source6 = source3 + 3 * step, weight = weights;
            for (int k = operands.Taps; k > 0; k--, source0 += tap, source3 += tap, source6 += tap, weight += weightsTap)
            {
                T factor = ChannelLanes.Load<T, TLanes>(weight, mask);
                if (TPositions.Count > 0) { ChannelLanes.AddProducts<T, TLanes>(ref sum0, factor, source0, mask); }
                if (TPositions.Count > 1) { ChannelLanes.AddProducts<T, TLanes>(ref sum1, factor, source0 + step, mask); }
                if (TPositions.Count > 2) { ChannelLanes.AddProducts<T, TLanes>(ref sum2, factor, source0 + twoSteps, mask); }
                if (TPositions.Count > 3) { ChannelLanes.AddProducts<T, TLanes>(ref sum3, factor, source3, mask); }
                if (TPositions.Count > 4) { ChannelLanes.AddProducts<T, TLanes>(ref sum4, factor, source3 + step, mask); }
                if (TPositions.Count > 5) { ChannelLanes.AddProducts<T, TLanes>(ref sum5, factor, source3 + twoSteps, mask); }
                if (TPositions.Count > 6) { ChannelLanes.AddProducts<T, TLanes>(ref sum6, factor, source6, mask); }
                if (TPositions.Count > 7) { ChannelLanes.AddProducts<T, TLanes>(ref sum7, factor, source6 + step, mask); }
            }
        }
        float* result = operands.Result;
        nint resultStep = operands.ResultStep;
        if (TPositions.Count > 0) { ChannelLanes.Store<T, TLanes>(result, mask, sum0); }
        if (TPositions.Count > 1) { ChannelLanes.Store<T, TLanes>(result + resultStep, mask, sum1); }
        if (TPositions.Count > 2) { ChannelLanes.Store<T, TLanes>(result + 2 * resultStep, mask, sum2); }
        if (TPositions.Count > 3) { ChannelLanes.Store<T, TLanes>(result + 3 * resultStep, mask, sum3); }
        if (TPositions.Count > 4) { ChannelLanes.Store<T, TLanes>(result + 4 * resultStep, mask, sum4); }
        if (TPositions.Count > 5) { ChannelLanes.Store<T, TLanes>(result + 5 * resultStep, mask, sum5); }
        if (TPositions.Count > 6) { ChannelLanes.Store<T, TLanes>(result + 6 * resultStep, mask, sum6); }
        if (TPositions.Count > 7) { ChannelLanes.Store<T, TLanes>(result + 7 * resultStep, mask, sum7); }
    }
}

/// <summary>Goes over positions side by side in tiles of equal size, as large as the registers allow.</summary>
internal static unsafe class DepthwiseTiles
{
    // With the factor and a mask, 10 of AVX2's 16 registers; eight chains keep two multiply-add units busy in spite of their latency of 4.
    private const int MostPositions = 8;

    /// <param name="tile">Where the first position is; afterwards, where one after the last would be.</param>
    /// <param name="positions">Positions in all.</param>
    public static void Compute<T>(ref DepthwiseOperands tile, int positions)
        where T : struct, ILanes<T>
    {
        int count = (positions + MostPositions - 1) / MostPositions;
        for (int i = 0, first = 0, end; i < count; i++, first = end)
        {
            end = Tiles.Begin(positions, i + 1, count);
            if (tile.Channels == T.Count)
            {
                Compute<T, ChannelLanes.All>(tile, end - first);
            }
            else
            {
                Compute<T, ChannelLanes.First>(tile, end - first);
            }
            tile.Source += (end - first) * tile.SourceStep;
            tile.Result += (end - first) * tile.ResultStep;
        }
    }

    private static void Compute<T, TLanes>(in DepthwiseOperands tile, int positions)
        where T : struct, ILanes<T>
        where TLanes : struct, IChannelLanes
    {
        switch (positions)
        {
            case 1: DepthwiseTile<T, TileHeights.Of1, TLanes>.Compute(tile); break;
            case 2: DepthwiseTile<T, TileHeights.Of2, TLanes>.Compute(tile); break;
            case 3: DepthwiseTile<T, TileHeights.Of3, TLanes>.Compute(tile); break;
            case 4: DepthwiseTile<T, TileHeights.Of4, TLanes>.Compute(tile); break;
            case 5: DepthwiseTile<T, TileHeights.Of5, TLanes>.Compute(tile); break;
            case 6: DepthwiseTile<T, TileHeights.Of6, TLanes>.Compute(tile); break;
            case 7: DepthwiseTile<T, TileHeights.Of7, TLanes>.Compute(tile); break;
            case 8: DepthwiseTile<T, TileHeights.Of8, TLanes>.Compute(tile); break;
            default: throw new SwitchExpressionException(positions);
        }
    }
}
