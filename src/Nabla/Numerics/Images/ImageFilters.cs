using System.Runtime.CompilerServices;

namespace Nabla.Numerics;

/// <summary>Filters over the 3×3 pixels around each, and pixel by pixel. Beyond an image there is background, 0.</summary>
internal static unsafe class ImageFilters
{
    // Which filter: two passes, along rows and along columns.
    private enum Filter
    {
        Least,
        Greatest,
        Weighted,
    }

    [ThreadStatic]
    private static float[]? _padded;

    /// <summary>Moves each number by a share of its way to the greatest of the 3×3 pixels around it, or below 0 to the least.</summary>
    public static void Thicken(ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination, float amount) =>
        Run(amount < 0 ? Filter.Least : Filter.Greatest, Math.Abs(amount), image, height, width, channels, destination);

    /// <summary>Takes a share of each number from its neighbours, half from either side, first along rows and then along columns.</summary>
    public static void Blur(ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination, float amount) =>
        Run(Filter.Weighted, amount, image, height, width, channels, destination);

    /// <summary>
    /// Multiplies by a gain, holds at 0 and 1, and bends the range between: x / ((1/b − 2)(1 − x) + 1), which takes ½ to b and leaves 0 and 1. C. Schlick, "Fast alternatives to Perlin's bias and
    /// gain functions", Graphics Gems IV, 1994.
    /// </summary>
    public static void Contrast(ReadOnlySpan<float> image, Span<float> destination, float gain, float bias)
    {
        fixed (float* from = image, to = destination)
        {
            ContrastKernel kernel = new() { From = from, To = to, Gain = gain, Bend = 1 / bias - 2 };
            ElementWise.Run(ref kernel, image.Length, threads: 1);
        }
    }

    /// <summary>Adds noise, and holds at 0 and 1.</summary>
    /// <param name="image">The image.</param>
    /// <param name="noiseThenImage">The noise; its place is taken by the image.</param>
    /// <param name="deviation">What the noise is multiplied by.</param>
    public static void AddNoise(ReadOnlySpan<float> image, Span<float> noiseThenImage, float deviation)
    {
        fixed (float* from = image, to = noiseThenImage)
        {
            NoiseKernel kernel = new() { From = from, To = to, Deviation = deviation };
            ElementWise.Run(ref kernel, image.Length, threads: 1);
        }
    }

    /// <summary>Mixes two rows of numbers with each other, in place: each becomes a share of itself and the rest of the other.</summary>
    public static void Mix(Span<float> first, Span<float> second, float firstShare, float secondShare)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(second.Length, first.Length);
        fixed (float* a = first, b = second)
        {
            MixKernel kernel = new() { A = a, B = b, ShareA = firstShare, ShareB = secondShare };
            ElementWise.Run(ref kernel, first.Length, threads: 1);
        }
    }

    private static void Run(Filter filter, float amount, ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination)
    {
        // A background pixel around the image; both passes then go over rows and margins alike, as one array.
        int row = width * channels, stride = row + 2 * channels, length = (height + 2) * stride;
        float* padded = ThreadMemory.Of(ref _padded, 3L * length), along = padded + length, result = along + length;
        new Span<float>(padded, 2 * length).Clear();
        for (int y = 0; y < height; y++)
        {
            image.Slice(y * row, row).CopyTo(new Span<float>(padded + (y + 1) * stride + channels, row));
        }
        if (filter == Filter.Weighted)
        {
            WeighKernel rows = new() { From = padded + channels, To = along + channels, Distance = channels, Amount = amount };
            ElementWise.Run(ref rows, length - 2 * channels, threads: 1);
            WeighKernel columns = new() { From = along + stride, To = result + stride, Distance = stride, Amount = amount };
            ElementWise.Run(ref columns, length - 2 * stride, threads: 1);
        }
        else
        {
            float sign = filter == Filter.Least ? -1 : 1;
            GreatestKernel rows = new() { From = padded + channels, To = along + channels, Distance = channels, Sign = sign };
            ElementWise.Run(ref rows, length - 2 * channels, threads: 1);
            GreatestKernel columns = new() { From = along + stride, To = result + stride, Distance = stride, Sign = 1, Image = padded + stride, ResultSign = sign, Amount = amount };
            ElementWise.Run(ref columns, length - 2 * stride, threads: 1);
        }
        for (int y = 0; y < height; y++)
        {
            new ReadOnlySpan<float>(result + (y + 1) * stride + channels, row).CopyTo(destination.Slice(y * row, row));
        }
    }

    /// <summary>The greatest of three numbers, or with a sign of −1 that of their negatives; then, where there is an image, what is between that and the image.</summary>
    private struct GreatestKernel : IElementKernel
    {
        public float* From, To, Image;
        public nint Distance;
        public float Sign, ResultSign, Amount;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Apply<T>(nint index)
            where T : struct, ILanes<T>
        {
            T sign = T.Broadcast(Sign);
            T greatest = T.Max(T.Max(sign * T.Load(in *From, index - Distance), sign * T.Load(in *From, index)), sign * T.Load(in *From, index + Distance));
            if (Image != null)
            {
                T image = T.Load(in *Image, index);
                greatest = T.FusedMultiplyAdd(T.Broadcast(Amount), T.Broadcast(ResultSign) * greatest - image, image);
            }
            greatest.Store(ref *To, index);
        }
    }

    private struct WeighKernel : IElementKernel
    {
        public float* From, To;
        public nint Distance;
        public float Amount;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Apply<T>(nint index)
            where T : struct, ILanes<T>
        {
            T middle = T.Load(in *From, index);
            T beside = (T.Load(in *From, index - Distance) + T.Load(in *From, index + Distance)) * T.Broadcast(0.5f);
            T.FusedMultiplyAdd(T.Broadcast(Amount), beside - middle, middle).Store(ref *To, index);
        }
    }

    private struct ContrastKernel : IElementKernel
    {
        public float* From, To;
        public float Gain, Bend;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Apply<T>(nint index)
            where T : struct, ILanes<T>
        {
            T x = T.Min(T.Max(T.Load(in *From, index) * T.Broadcast(Gain), T.Broadcast(0)), T.Broadcast(1));
            (x / T.FusedMultiplyAdd(T.Broadcast(Bend), T.Broadcast(1) - x, T.Broadcast(1))).Store(ref *To, index);
        }
    }

    private struct NoiseKernel : IElementKernel
    {
        public float* From, To;
        public float Deviation;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Apply<T>(nint index)
            where T : struct, ILanes<T> =>
            T.Min(T.Max(T.FusedMultiplyAdd(T.Broadcast(Deviation), T.Load(in *To, index), T.Load(in *From, index)), T.Broadcast(0)), T.Broadcast(1)).Store(ref *To, index);
    }

    private struct MixKernel : IElementKernel
    {
        public float* A, B;
        public float ShareA, ShareB;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Apply<T>(nint index)
            where T : struct, ILanes<T>
        {
            T a = T.Load(in *A, index), b = T.Load(in *B, index);
            T.FusedMultiplyAdd(T.Broadcast(ShareA), a, T.Broadcast(1 - ShareA) * b).Store(ref *A, index);
            T.FusedMultiplyAdd(T.Broadcast(ShareB), b, T.Broadcast(1 - ShareB) * a).Store(ref *B, index);
        }
    }
}
