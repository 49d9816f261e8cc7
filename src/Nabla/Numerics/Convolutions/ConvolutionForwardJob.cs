namespace Nabla.Numerics;

/// <summary>See <see cref="ConvolutionProduct.Forward"/>. Images are split over threads.</summary>
internal unsafe struct ConvolutionForwardJob : IJob, ILanesJob
{
    public ConvolutionGeometry Geometry;
    public int Filters;
    public int Images;
    public float* Input;
    public float* Weights;
    public float* Bias;
    public float* Output;
    public Activation Activation;

    public readonly void Run(int part, int parts) => LanesJob.Run(this, part, parts);

    public readonly void Run<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        PaddedImages images = new(Geometry);
        MatrixPanels panels = MatrixPanels.Of<T>(Weights, Filters, Geometry.PatchSize, Filters, all: true);
        nint outputRow = (nint)Geometry.OutputWidth * Filters;
        nint outputSize = Geometry.OutputHeight * outputRow;
        TileOperands operands = new()
        {
            LeftRow = (nint)Geometry.Stride * Geometry.Channels,
            LeftGroup = 3 * (nint)Geometry.Stride * Geometry.Channels,
            LeftStep = 1,
            RunLength = Geometry.KernelWidth * Geometry.Channels,
            Runs = Geometry.KernelHeight,
            LeftRun = images.RowLength,
            Start = Bias,
            StartRow = 0,
            ResultRow = Filters,
        };
        int end = (int)((long)Images * (part + 1) / parts);
        for (int image = (int)((long)Images * part / parts); image < end; image++)
        {
            float* pixels = images.Read(Input + (nint)image * Geometry.ImageSize);
            float* output = Output + image * outputSize;
            operands.SetLeftArea(pixels, images.Length);
            operands.SetResultArea(output, outputSize);
            for (int y = 0; y < Geometry.OutputHeight; y++)
            {
                operands.Left = pixels + y * Geometry.Stride * images.RowLength;
                operands.Result = output + y * outputRow;
                panels.Compute<T>(operands, Geometry.OutputWidth);
                ActivationKernels.Apply(Activation, new Span<float>(operands.Result, (int)outputRow), threads: 1);
            }
        }
    }
}
