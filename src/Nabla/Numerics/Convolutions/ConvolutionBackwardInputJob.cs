namespace Nabla.Numerics;

/// <summary>
/// See <see cref="ConvolutionProduct.BackwardInput"/>: for each place of the kernel a product whose result is added to the
/// pixels that were under it. Images are split over threads.
/// </summary>
internal unsafe struct ConvolutionBackwardInputJob : IJob, ILanesJob
{
    public ConvolutionGeometry Geometry;
    public int Filters;
    public int Images;
    public float* DOutput;
    public float* TransposedWeights;
    public float* DInput;

    public readonly void Run(int part, int parts) => LanesJob.Run(this, part, parts);

    public readonly void Run<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        PaddedImages images = new(Geometry);
        int channels = Geometry.Channels;
        nint outputRow = (nint)Geometry.OutputWidth * Filters;
        nint outputSize = Geometry.OutputHeight * outputRow;
        TileOperands operands = new()
        {
            LeftRow = Filters,
            LeftGroup = 3 * (nint)Filters,
            LeftStep = 1,
            RunLength = Filters,
            Runs = 1,
            StartRow = (nint)Geometry.Stride * channels,
            ResultRow = (nint)Geometry.Stride * channels,
        };
        int end = (int)((long)Images * (part + 1) / parts);
        for (int image = (int)((long)Images * part / parts); image < end; image++)
        {
            // Each pixel under one place of the kernel at one position: nothing to add to.
            float* pixels = DInput + (nint)image * Geometry.ImageSize;
            pixels = Geometry.IsPointwise ? pixels : images.Clear(pixels);
            operands.SetLeftArea(DOutput + image * outputSize, outputSize);
            operands.SetResultArea(pixels, images.Length);
            for (int place = 0; place < Geometry.KernelHeight * Geometry.KernelWidth; place++)
            {
                float* weights = TransposedWeights + (nint)place * Filters * channels;
                MatrixPanels panels = MatrixPanels.Of<T>(weights, channels, Filters, channels, all: false);
                (int row, int column) = Math.DivRem(place, Geometry.KernelWidth);
                for (int y = 0; y < Geometry.OutputHeight; y++)
                {
                    operands.Left = DOutput + image * outputSize + y * outputRow;
                    operands.Result = pixels + (y * Geometry.Stride + row) * images.RowLength + column * channels;
                    operands.Start = Geometry.IsPointwise ? null : operands.Result;
                    panels.Compute<T>(operands, Geometry.OutputWidth);
                }
            }
            images.Write(DInput + (nint)image * Geometry.ImageSize);
        }
    }
}
