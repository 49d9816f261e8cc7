namespace Nabla.Numerics;

/// <summary>
/// See <see cref="ConvolutionProduct.BackwardWeights"/>. Threads take different weights, each over all images, so that
/// no sum is split: rows of the patch, or filters where the patch has too few rows.
/// </summary>
internal unsafe struct ConvolutionBackwardWeightsJob : IJob, ILanesJob
{
    /// <summary>Positions of the kernel at a time: few enough that what is packed for them stays in a second-level cache, however large an image is.</summary>
    public const int PositionsAtOnce = 16 * 1024;

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
        long vectors = ((long)Filters + T.Count - 1) / T.Count;
        int firstFilter = splitFilters ? (int)(vectors * part / parts * T.Count) : 0;
        int endFilter = splitFilters ? (int)Math.Min(vectors * (part + 1) / parts * T.Count, Filters) : Filters;
        int firstRow = splitFilters ? 0 : (int)((long)Geometry.PatchSize * part / parts);
        int endRow = splitFilters ? Geometry.PatchSize : (int)((long)Geometry.PatchSize * (part + 1) / parts);
        if (firstFilter == endFilter)
        {
            return;
        }

        TileOperands operands = new()
        {
            LeftRow = 1,
            LeftGroup = oneTile ? images.RowLength : 3,
            LeftStep = (nint)Geometry.Stride * Geometry.Channels,
            LeftRun = Geometry.Stride * images.RowLength,
            StartRow = Filters,
            ResultRow = Filters,
        };
        for (int image = 0; image < Images; image++)
        {
            float* pixels = images.Read(Input + (nint)image * Geometry.ImageSize);
            operands.SetLeftArea(pixels, images.Length);
            operands.SetResultArea(DWeights, (long)Geometry.PatchSize * Filters);
            float* dOutput = DOutput + (nint)image * Geometry.Positions * Filters + firstFilter;
            // Whole rows of positions, or parts of a single one.
            int across = Math.Min(Geometry.OutputWidth, PositionsAtOnce), down = Math.Min(PositionsAtOnce / across, Geometry.OutputHeight);
            for (int top = 0; top < Geometry.OutputHeight; top += down)
            {
                for (int left = 0; left < Geometry.OutputWidth; left += across)
                {
                    operands.RunLength = Math.Min(across, Geometry.OutputWidth - left);
                    operands.Runs = Math.Min(down, Geometry.OutputHeight - top);
                    float* gradient = dOutput + ((nint)top * Geometry.OutputWidth + left) * Filters;
                    MatrixPanels panels = MatrixPanels.Of<T>(gradient, Filters, operands.Runs * operands.RunLength, endFilter - firstFilter, all: false);
                    float* corner = pixels + (nint)top * operands.LeftRun + (nint)left * operands.LeftStep;
                    for (int row = firstRow; row < endRow;)
                    {
                        (int y, int x) = Math.DivRem(row, kernelRow);
                        int rows = oneTile ? endRow : Math.Min(endRow - row, kernelRow - x);
                        operands.Left = corner + y * images.RowLength + x;
                        operands.Result = DWeights + (nint)row * Filters + firstFilter;
                        operands.Start = operands.Result;
                        panels.Compute<T>(operands, rows);
                        row += rows;
                    }
                }
            }
        }
    }
}
