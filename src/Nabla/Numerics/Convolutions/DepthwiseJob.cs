namespace Nabla.Numerics;

/// <summary>
/// See <see cref="DepthwiseProduct.Forward"/> and <see cref="DepthwiseProduct.BackwardInput"/>, which differ in their axes alone. Images are split over threads.
/// </summary>
internal unsafe struct DepthwiseJob : IJob, ILanesJob
{
    public ConvolutionGeometry Geometry;
    public int Images;

    /// <summary>Whether the source is the gradient of the output and the result that of the input.</summary>
    public bool IsBackward;

    public float* Source;
    public float* Weights;

    /// <summary>What the sums begin with, or null.</summary>
    public float* Bias;

    public float* Result;
    public Activation Activation;

    public readonly void Run(int part, int parts) => LanesJob.Run(this, part, parts);

    public readonly void Run<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        int outputSize = Geometry.Positions * Geometry.Channels;
        (int sourceSize, int resultSize) = IsBackward ? (outputSize, Geometry.ImageSize) : (Geometry.ImageSize, outputSize);
        int end = (int)((long)Images * (part + 1) / parts), axes = IsBackward ? Geometry.Stride : 1;
        for (int image = (int)((long)Images * part / parts); image < end; image++)
        {
            float* source = Source + (nint)image * sourceSize, result = Result + (nint)image * resultSize;
            for (int down = 0; down < Math.Min(axes, Geometry.Height + Geometry.Padding); down++)
            {
                DepthwiseAxis rows = IsBackward
                    ? DepthwiseAxis.BackwardInput(Geometry.Height, Geometry.KernelHeight, Geometry.Stride, Geometry.Padding, Geometry.OutputHeight, down)
                    : DepthwiseAxis.Forward(Geometry.Height, Geometry.KernelHeight, Geometry.Stride, Geometry.Padding, Geometry.OutputHeight);
                for (int across = 0; across < Math.Min(axes, Geometry.Width + Geometry.Padding); across++)
                {
                    DepthwiseAxis columns = IsBackward
                        ? DepthwiseAxis.BackwardInput(Geometry.Width, Geometry.KernelWidth, Geometry.Stride, Geometry.Padding, Geometry.OutputWidth, across)
                        : DepthwiseAxis.Forward(Geometry.Width, Geometry.KernelWidth, Geometry.Stride, Geometry.Padding, Geometry.OutputWidth);
                    Compute<T>(source, result, rows, columns);
                }
            }
        }
    }

    private readonly void Compute<T>(float* source, float* result, in DepthwiseAxis rows, in DepthwiseAxis columns)
        where T : struct, ILanes<T>
    {
        int channels = Geometry.Channels;
        nint sourceRow = (nint)(IsBackward ? Geometry.OutputWidth : Geometry.Width) * channels;
        nint resultRow = (nint)(IsBackward ? Geometry.Width : Geometry.OutputWidth) * channels;
        DepthwiseOperands operands = new()
        {
            SourceStep = (nint)columns.SourceStep * channels,
            SourceRow = rows.SourceTap * sourceRow,
            SourceTap = (nint)columns.SourceTap * channels,
            WeightsRow = (nint)rows.KernelStep * Geometry.KernelWidth * channels,
            WeightsTap = (nint)columns.KernelStep * channels,
            ResultStep = (nint)columns.ResultStep * channels,
        };
        for (int y = rows.Begin; y < rows.End; y++)
        {
            (int firstRow, operands.Rows) = rows.TapsOf(y);
            float* sourceLine = source + rows.SourceOf(y, firstRow) * sourceRow;
            float* resultLine = result + rows.ResultOf(y) * resultRow;
            float* weights = Weights + (nint)rows.KernelOf(firstRow) * Geometry.KernelWidth * channels;
            for (int channel = 0; channel < channels; channel += T.Count)
            {
                operands.Channels = Math.Min(T.Count, channels - channel);
                operands.Start = Bias is null ? null : Bias + channel;
                // Near the border one by one, since each has taps of its own.
                for (int x = columns.Begin, next; x < columns.End; x = next)
                {
                    bool isInner = x >= columns.InnerBegin && x < columns.InnerEnd;
                    next = isInner ? columns.InnerEnd : x + 1;
                    (int first, operands.Taps) = columns.TapsOf(x);
                    operands.Source = sourceLine + (nint)columns.SourceOf(x, first) * channels + channel;
                    operands.Weights = weights + (nint)columns.KernelOf(first) * channels + channel;
                    operands.Result = resultLine + (nint)columns.ResultOf(x) * channels + channel;
                    DepthwiseTiles.Compute<T>(ref operands, next - x);
                }
            }
            ActivationKernels.Apply(Activation, IsBackward ? [] : new Span<float>(resultLine, (int)resultRow), threads: 1);
        }
    }
}
