namespace Nabla.Numerics;

/// <summary>
/// See <see cref="ConvolutionProduct.BackwardWeights"/>. Threads take different weights, each over all images, so that
/// no sum is split: rows of the patch, or filters where the patch has too few rows.
/// </summary>
internal unsafe struct ConvolutionBackwardWeightsJob : IJob, ILanesJob
{
    public ConvolutionGeometry Geometry;
    public int Filters;
    public int Images;
    public float* Input;
    public float* DOutput;
    public float* DWeights;

    public readonly void Run(int part, int parts) => LanesJob.Run(this, part, parts);

    public readonly void Run<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        PaddedImages images = new(Geometry);
        int kernelRow = Geometry.KernelWidth * Geometry.Channels;

        // Kernels of three columns and one channel: all rows of the patch in one tile, three from each row of the image.
        bool oneTile = kernelRow == 3 && Geometry.PatchSize <= Tiles.GreatestHeight<T>();
        bool splitFilters = oneTile || Geometry.PatchSize < 4 * Tiles.GreatestHeight<T>();
        int vectors = (Filters + T.Count - 1) / T.Count;
        int firstFilter = splitFilters ? vectors * part / parts * T.Count : 0;
        int endFilter = splitFilters ? Math.Min(vectors * (part + 1) / parts * T.Count, Filters) : Filters;
        int firstRow = splitFilters ? 0 : Geometry.PatchSize * part / parts;
        int endRow = splitFilters ? Geometry.PatchSize : Geometry.PatchSize * (part + 1) / parts;
        if (firstFilter == endFilter)
        {
            return;
        }

        TileOperands operands = new()
        {
            LeftRow = 1,
            LeftGroup = oneTile ? images.RowLength : 3,
            LeftStep = (nint)Geometry.Stride * Geometry.Channels,
            RunLength = Geometry.OutputWidth,
            Runs = Geometry.OutputHeight,
            LeftRun = Geometry.Stride * images.RowLength,
            StartRow = Filters,
            ResultRow = Filters,
        };
        for (int image = 0; image < Images; image++)
        {
            float* pixels = images.Read(Input + (nint)image * Geometry.ImageSize);
            float* dOutput = DOutput + (nint)image * Geometry.Positions * Filters + firstFilter;
            MatrixPanels panels = MatrixPanels.Of<T>(dOutput, Filters, Geometry.Positions, endFilter - firstFilter, all: false);
            for (int row = firstRow; row < endRow;)
            {
                (int y, int x) = Math.DivRem(row, kernelRow);
                int rows = oneTile ? endRow : Math.Min(endRow - row, kernelRow - x);
                operands.Left = pixels + y * images.RowLength + x;
                operands.Result = DWeights + (nint)row * Filters + firstFilter;
                operands.Start = operands.Result;
                panels.Compute<T>(operands, rows);
                row += rows;
            }
        }
    }
}
