using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nabla.Numerics;

/// <summary>
/// Greatest and average of windows over images [height, width, channels], and the gradients of both. Vectors run along
/// the channels, threads take whole images: so each number is computed in one order, whatever the processor.
/// </summary>
internal static class Pooling
{
    // Below this many input numbers a thread, handing work over costs more than it saves.
    private const int MinPerThread = 16 * 1024;

    /// <summary>output = the greatest number of each window; NaN where there is one.</summary>
    public static void Max(ReadOnlySpan<float> input, Span<float> output, int images, in PoolingGeometry geometry, int threads)
    {
        CheckLengths(input.Length, output.Length, images, geometry);
        if (IsSquares(geometry))
        {
            RunSquares<ActivationFunctions.Identity>(input, output, [], [], images, geometry, threads);
            return;
        }
        Run(new MaxKernel(input, output, geometry), images, geometry, threads);
    }

    /// <summary>
    /// The twin of <see cref="Max"/>: dInput = dOutput where the greatest number stood, the first of equals, summed over
    /// the windows, and 0 elsewhere; times the derivative of the activation whose outputs the input is.
    /// </summary>
    public static void MaxGradient(
        ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> dOutput, Span<float> dInput,
        int images, in PoolingGeometry geometry, int threads, Activation activation = Activation.Identity)
    {
        CheckLengths(input.Length, output.Length, images, geometry);
        CheckLengths(dInput.Length, dOutput.Length, images, geometry);
        if (IsSquares(geometry))
        {
            switch (activation)
            {
                case Activation.Identity: RunSquares<ActivationFunctions.Identity>(input, output, dOutput, dInput, images, geometry, threads); break;
                case Activation.Sigmoid: RunSquares<ActivationFunctions.Sigmoid>(input, output, dOutput, dInput, images, geometry, threads); break;
                case Activation.Tanh: RunSquares<ActivationFunctions.Tanh>(input, output, dOutput, dInput, images, geometry, threads); break;
                case Activation.ReLU: RunSquares<ActivationFunctions.ReLU>(input, output, dOutput, dInput, images, geometry, threads); break;
                default: throw new ArgumentOutOfRangeException(nameof(activation), activation, null);
            }
            return;
        }
        Run(new MaxGradientKernel(input, output, dOutput, dInput, geometry), images, geometry, threads);
        ActivationKernels.MultiplyByDerivative(activation, input, dInput, threads);
    }

    /// <summary>output = the average of each window.</summary>
    public static void Average(ReadOnlySpan<float> input, Span<float> output, int images, in PoolingGeometry geometry, int threads)
    {
        CheckLengths(input.Length, output.Length, images, geometry);
        Run(new AverageKernel(input, output, geometry), images, geometry, threads);
    }

    /// <summary>The twin of <see cref="Average"/>: dInput = each pixel's shares of dOutput, summed over the windows.</summary>
    public static void AverageGradient(ReadOnlySpan<float> dOutput, Span<float> dInput, int images, in PoolingGeometry geometry, int threads)
    {
        CheckLengths(dInput.Length, dOutput.Length, images, geometry);
        Run(new AverageGradientKernel(dOutput, dInput, geometry), images, geometry, threads);
    }

    /// <summary>Whether the windows are squares of four pixels side by side, the usual case, for which there is a job of its own.</summary>
    private static bool IsSquares(in PoolingGeometry geometry) =>
        geometry is { KernelHeight: 2, KernelWidth: 2, StrideDown: 2, StrideAcross: 2, Padding: 0 };

    private static unsafe void RunSquares<TFunction>(
        ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> dOutput, Span<float> dInput,
        int images, in PoolingGeometry geometry, int threads)
        where TFunction : IActivationFunction
    {
        fixed (float* x = input, y = output, dy = dOutput, dx = dInput)
        {
            MaxPoolingSquaresJob<TFunction> job = new()
            {
                Geometry = geometry,
                Images = images,
                Input = x,
                Output = y,
                DOutput = dOutput.IsEmpty ? null : dy,
                DInput = dx,
            };
            WorkerTeam.Run(ref job, Parts(images, geometry, threads));
        }
    }

    private static int Parts(int images, in PoolingGeometry geometry, int threads) =>
        (int)Math.Clamp(Math.Min((long)images * geometry.InputSize / MinPerThread, images), 1, threads);

    // Kernels read and write through references without bounds checks: this is where the bounds are checked.
    private static void CheckLengths(int input, int output, int images, in PoolingGeometry geometry)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(input, (long)images * geometry.InputSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(output, (long)images * geometry.OutputSize);
    }

    private static void Run<TKernel>(TKernel kernel, int images, in PoolingGeometry geometry, int threads)
        where TKernel : struct, IPoolingKernel, allows ref struct
    {
        Job<TKernel> job = new(kernel, images, geometry);
        WorkerTeam.Run(ref job, Parts(images, geometry, threads));
    }

    /// <summary>Splits the images over the threads and walks their windows.</summary>
    private ref struct Job<TKernel>(TKernel kernel, int images, PoolingGeometry geometry) : IJob
        where TKernel : struct, IPoolingKernel, allows ref struct
    {
        private TKernel _kernel = kernel;

        public void Run(int part, int parts)
        {
            int height = geometry.OutputHeight, width = geometry.OutputWidth;
            int end = (int)((long)images * (part + 1) / parts);
            for (int image = (int)((long)images * part / parts); image < end; image++)
            {
                _kernel.Begin(image);
                for (int y = 0; y < height; y++)
                {
                    for (int x = 0; x < width; x++)
                    {
                        AllChannels(geometry.WindowAt(image, y, x));
                    }
                }
            }
        }

        private void AllChannels(in PoolingWindow window)
        {
            nint channel = 0;
            if (Vector512.IsHardwareAccelerated)
            {
                channel = Channels<Lanes16>(window, channel);
            }
            if (Vector256.IsHardwareAccelerated)
            {
                channel = Channels<Lanes8>(window, channel);
            }
            if (Vector128.IsHardwareAccelerated)
            {
                channel = WasmLanes.IsSupported ? Channels<WasmLanes>(window, channel) : Channels<Lanes4>(window, channel);
            }
            Channels<Lanes1>(window, channel);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private nint Channels<TLanes>(in PoolingWindow window, nint channel)
            where TLanes : struct, ILanes<TLanes>
        {
            for (; channel <= geometry.Channels - TLanes.Count; channel += TLanes.Count)
            {
                _kernel.Apply<TLanes>(window, channel);
            }
            return channel;
        }
    }

    private readonly ref struct MaxKernel(ReadOnlySpan<float> input, Span<float> output, in PoolingGeometry geometry) : IPoolingKernel
    {
        private readonly ref readonly float _input = ref MemoryMarshal.GetReference(input);
        private readonly ref float _output = ref MemoryMarshal.GetReference(output);
        private readonly nint _channels = geometry.Channels;
        private readonly nint _line = (nint)geometry.Width * geometry.Channels;

        public void Begin(int image)
        {
        }

        public void Apply<TLanes>(in PoolingWindow window, nint channel)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes greatest = TLanes.Broadcast(float.NegativeInfinity);
            nint line = window.Input + channel;
            for (int row = 0; row < window.Rows; row++, line += _line)
            {
                nint at = line;
                for (int column = 0; column < window.Columns; column++, at += _channels)
                {
                    greatest = TLanes.Max(greatest, TLanes.Load(in _input, at));
                }
            }
            greatest.Store(ref _output, window.Output + channel);
        }
    }

    private readonly ref struct MaxGradientKernel(
        ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> dOutput, Span<float> dInput, in PoolingGeometry geometry) : IPoolingKernel
    {
        private readonly ref readonly float _input = ref MemoryMarshal.GetReference(input);
        private readonly ref readonly float _output = ref MemoryMarshal.GetReference(output);
        private readonly ref readonly float _dOutput = ref MemoryMarshal.GetReference(dOutput);
        private readonly Span<float> _dInput = dInput;
        private readonly nint _channels = geometry.Channels;
        private readonly nint _line = (nint)geometry.Width * geometry.Channels;
        private readonly int _size = geometry.InputSize;

        public void Begin(int image) => _dInput.Slice(image * _size, _size).Clear();

        public void Apply<TLanes>(in PoolingWindow window, nint channel)
            where TLanes : struct, ILanes<TLanes>
        {
            ref float dInput = ref MemoryMarshal.GetReference(_dInput);
            TLanes zero = TLanes.Broadcast(0);
            TLanes greatest = TLanes.Load(in _output, window.Output + channel);
            // What no pixel has taken yet: the first that is not below the greatest takes it.
            TLanes gradient = TLanes.Load(in _dOutput, window.Output + channel);
            nint line = window.Input + channel;
            for (int row = 0; row < window.Rows; row++, line += _line)
            {
                nint at = line;
                for (int column = 0; column < window.Columns; column++, at += _channels)
                {
                    TLanes below = greatest - TLanes.Load(in _input, at);
                    TLanes taken = TLanes.WherePositive(below, zero, gradient);
                    gradient = TLanes.WherePositive(below, gradient, zero);
                    (TLanes.Load(ref dInput, at) + taken).Store(ref dInput, at);
                }
            }
        }
    }

    private readonly ref struct AverageKernel(ReadOnlySpan<float> input, Span<float> output, in PoolingGeometry geometry) : IPoolingKernel
    {
        private readonly ref readonly float _input = ref MemoryMarshal.GetReference(input);
        private readonly ref float _output = ref MemoryMarshal.GetReference(output);
        private readonly nint _channels = geometry.Channels;
        private readonly nint _line = (nint)geometry.Width * geometry.Channels;

        public void Begin(int image)
        {
        }

        public void Apply<TLanes>(in PoolingWindow window, nint channel)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes sum = TLanes.Broadcast(0);
            nint line = window.Input + channel;
            for (int row = 0; row < window.Rows; row++, line += _line)
            {
                nint at = line;
                for (int column = 0; column < window.Columns; column++, at += _channels)
                {
                    sum += TLanes.Load(in _input, at);
                }
            }
            (sum * Share<TLanes>(window)).Store(ref _output, window.Output + channel);
        }
    }

    private readonly ref struct AverageGradientKernel(ReadOnlySpan<float> dOutput, Span<float> dInput, in PoolingGeometry geometry) : IPoolingKernel
    {
        private readonly ref readonly float _dOutput = ref MemoryMarshal.GetReference(dOutput);
        private readonly Span<float> _dInput = dInput;
        private readonly nint _channels = geometry.Channels;
        private readonly nint _line = (nint)geometry.Width * geometry.Channels;
        private readonly int _size = geometry.InputSize;

        public void Begin(int image) => _dInput.Slice(image * _size, _size).Clear();

        public void Apply<TLanes>(in PoolingWindow window, nint channel)
            where TLanes : struct, ILanes<TLanes>
        {
            ref float dInput = ref MemoryMarshal.GetReference(_dInput);
            TLanes share = TLanes.Load(in _dOutput, window.Output + channel) * Share<TLanes>(window);
            nint line = window.Input + channel;
            for (int row = 0; row < window.Rows; row++, line += _line)
            {
                nint at = line;
                for (int column = 0; column < window.Columns; column++, at += _channels)
                {
                    (TLanes.Load(ref dInput, at) + share).Store(ref dInput, at);
                }
            }
        }
    }

    /// <summary>What each pixel of a window contributes to the average.</summary>
    private static TLanes Share<TLanes>(in PoolingWindow window)
        where TLanes : struct, ILanes<TLanes> => TLanes.Broadcast(1f / ((long)window.Rows * window.Columns));
}

/// <summary>What is done with each window of a pooling; see <see cref="Pooling"/>.</summary>
internal interface IPoolingKernel
{
    /// <summary>Prepares for the windows of one image.</summary>
    void Begin(int image);

    /// <summary>Treats one window in the channels <paramref name="channel"/> to <paramref name="channel"/> + <c>TLanes.Count</c> − 1.</summary>
    void Apply<TLanes>(in PoolingWindow window, nint channel)
        where TLanes : struct, ILanes<TLanes>;
}
