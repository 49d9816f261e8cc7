namespace Nabla.Numerics;

/// <summary>
/// Which taps of a kernel meet which numbers, down or across an image: the result's number p is the sum over the taps t of the kernel's number
/// <see cref="KernelOf"/>(t) times the source's number <see cref="SourceOf"/>(p, t), as far as the source has it.
/// </summary>
/// <remarks>
/// A forward pass reads every stride-th number, tap after tap. On the way back a pixel was under every stride-th row of the kernel only, from its remainder
/// on, at positions that go down as taps go up; so pixels of one remainder are an axis of their own.
/// </remarks>
internal readonly struct DepthwiseAxis
{
    private readonly int _kernelStart;
    private readonly int _sourceStart;
    private readonly int _sourceSize;
    private readonly int _resultStart;

    private DepthwiseAxis(int taps, int kernelStart, int kernelStep, int sourceStart, int sourceStep, int sourceTap, int sourceSize, int resultStart, int resultStep, int begin, int end)
    {
        Taps = taps;
        _kernelStart = kernelStart;
        KernelStep = kernelStep;
        _sourceStart = sourceStart;
        SourceStep = sourceStep;
        SourceTap = sourceTap;
        _sourceSize = sourceSize;
        _resultStart = resultStart;
        ResultStep = resultStep;
        (Begin, End) = (begin, end);
        (InnerBegin, InnerEnd) = (begin, end);
        while (InnerBegin < end && TapsOf(InnerBegin) != (0, taps))
        {
            InnerBegin++;
        }
        while (InnerEnd > InnerBegin && TapsOf(InnerEnd - 1) != (0, taps))
        {
            InnerEnd--;
        }
    }

    /// <summary>Taps of a number of the result that has all of them.</summary>
    public int Taps { get; }

    /// <summary>First number of the result.</summary>
    public int Begin { get; }

    /// <summary>The first that is none any more.</summary>
    public int End { get; }

    /// <summary>From here to <see cref="InnerEnd"/> they have all taps.</summary>
    public int InnerBegin { get; }

    /// <inheritdoc cref="InnerBegin"/>
    public int InnerEnd { get; }

    /// <summary>Kernel numbers from tap to tap.</summary>
    public int KernelStep { get; }

    /// <summary>Source numbers from one number of the result to the next.</summary>
    public int SourceStep { get; }

    /// <summary>Source numbers from tap to tap, 1 or −1.</summary>
    public int SourceTap { get; }

    /// <summary>Where the next number of the result goes.</summary>
    public int ResultStep { get; }

    /// <summary>Of a forward pass.</summary>
    public static DepthwiseAxis Forward(int size, int kernel, int stride, int padding, int outputs) =>
        new(kernel, 0, 1, -padding, stride, 1, size, 0, 1, 0, outputs);

    /// <summary>Of the gradient of the pixels that, counted from the border of the padding, leave a remainder by the stride.</summary>
    public static DepthwiseAxis BackwardInput(int size, int kernel, int stride, int padding, int outputs, int remainder)
    {
        int taps = remainder < kernel ? (kernel - 1 - remainder) / stride + 1 : 0;
        return new DepthwiseAxis(
            taps, remainder, stride, 0, 1, -1, outputs, remainder - padding, stride, Up(padding - remainder, stride), Up(size + padding - remainder, stride));
    }

    /// <summary>The first tap of a number of the result, and how many there are.</summary>
    public (int First, int Count) TapsOf(int position)
    {
        int source = _sourceStart + position * SourceStep;
        (int first, int end) = SourceTap > 0
            ? (Math.Max(0, -source), Math.Min(Taps, _sourceSize - source))
            : (Math.Max(0, source - _sourceSize + 1), Math.Min(Taps, source + 1));
        return first < end ? (first, end - first) : (0, 0);
    }

    /// <summary>Which number of the kernel a tap is.</summary>
    public int KernelOf(int tap) => _kernelStart + tap * KernelStep;

    /// <summary>Which number of the source a tap meets.</summary>
    public int SourceOf(int position, int tap) => _sourceStart + position * SourceStep + tap * SourceTap;

    /// <summary>Where a number of the result goes.</summary>
    public int ResultOf(int position) => _resultStart + position * ResultStep;

    private static int Up(int number, int divisor) => number <= 0 ? 0 : (number + divisor - 1) / divisor;
}
