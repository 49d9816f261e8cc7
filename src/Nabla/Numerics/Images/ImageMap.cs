using System.Runtime.CompilerServices;

namespace Nabla.Numerics;

/// <summary>
/// From where in an image each pixel of another one is taken: coordinates between pixels, [height, width] for each direction. It begins as the image itself; what is
/// composed with it comes before what is there, so the last of several movements is composed first. Its memory is the thread's: one at a time.
/// </summary>
internal unsafe ref struct ImageMap
{
    /// <summary>Most points of a grid in each direction.</summary>
    public const int MaxGrid = 16;

    // Of the cubic between four points.
    private const int Taps = 4;

    [ThreadStatic]
    private static float[]? _points;

    [ThreadStatic]
    private static float[]? _field;

    [ThreadStatic]
    private static float[]? _padded;

    private readonly int _height;
    private readonly int _width;
    private readonly float* _x;
    private readonly float* _y;
    private bool _isWhole;

    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    public ImageMap(int height, int width)
    {
        (_height, _width) = (height, width);
        _x = ThreadMemory.Of(ref _points, 2L * height * width);
        _y = _x + height * width;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                _x[y * width + x] = x;
            }
            new Span<float>(_y + y * width, width).Fill(y);
        }
        _isWhole = true;
    }

    /// <summary>Replaces each point p by M (p − c − shift) + c, with c the centre of the image.</summary>
    public void Transform(float xx, float xy, float yx, float yy, float shiftX, float shiftY)
    {
        float centreX = (_width - 1) * 0.5f, centreY = (_height - 1) * 0.5f;
        TransformKernel kernel = new() { X = _x, Y = _y, XX = xx, XY = xy, YX = yx, YY = yy, FromX = centreX + shiftX, FromY = centreY + shiftY, ToX = centreX, ToY = centreY };
        ElementWise.Run(ref kernel, _height * _width, threads: 1);
        _isWhole = false;
    }

    /// <summary>
    /// Adds to each point how far a field moves what is there: at the points of a coarse grid as told, between them by cubic convolution (R. Keys, 1981), which goes through
    /// them without a kink; beyond the image as at its border.
    /// </summary>
    /// <param name="movesX">Pixels to the right, [grid, grid].</param>
    /// <param name="movesY">Pixels down, [grid, grid].</param>
    /// <param name="grid">Points in each direction, from corner to corner.</param>
    public void Displace(scoped ReadOnlySpan<float> movesX, scoped ReadOnlySpan<float> movesY, int grid)
    {
        int size = _height * _width;
        float* fieldX = ThreadMemory.Of(ref _field, 2L * size + (long)MaxGrid * _width), fieldY = fieldX + size, between = fieldY + size;
        Spread(movesX, grid, between, fieldX);
        Spread(movesY, grid, between, fieldY);
        if (_isWhole)
        {
            Span<float> x = new(_x, size), y = new(_y, size);
            ElementWiseKernels.Add(x, new(fieldX, size), x, threads: 1);
            ElementWiseKernels.Add(y, new(fieldY, size), y, threads: 1);
        }
        else
        {
            for (int i = 0; i < size; i++)
            {
                float x = float.Clamp(_x[i], 0, _width - 1), y = float.Clamp(_y[i], 0, _height - 1);
                int left = (int)x, top = (int)y;
                nint right = left + 1 < _width ? 1 : 0, below = top + 1 < _height ? _width : 0;
                nint at = top * _width + left;
                _x[i] += Between(fieldX + at, right, below, x - left, y - top);
                _y[i] += Between(fieldY + at, right, below, x - left, y - top);
            }
        }
        _isWhole = false;
    }

    /// <summary>Takes each pixel from its point, linearly between the four around it; outside the image there is background, 0.</summary>
    /// <param name="image">[height, width, channels].</param>
    /// <param name="channels">Numbers of a pixel.</param>
    /// <param name="destination">[height, width, channels].</param>
    public readonly void Resample(ReadOnlySpan<float> image, int channels, Span<float> destination)
    {
        // One background pixel before and two after, so that every point has four pixels around it, also those that are held at the rim.
        int stride = (_width + 3) * channels;
        long length = (long)(_height + 3) * stride;
        float* padded = ThreadMemory.Of(ref _padded, length);
        new Span<float>(padded, (int)length).Clear();
        for (int y = 0; y < _height; y++)
        {
            image.Slice(y * _width * channels, _width * channels).CopyTo(new Span<float>(padded + (y + 1) * stride + channels, _width * channels));
        }
        float mostX = _width + 1, mostY = _height + 1;
        fixed (float* to = destination)
        {
            for (int i = 0; i < _height * _width; i++)
            {
                float x = float.Min(float.Max(_x[i] + 1, 0), mostX), y = float.Min(float.Max(_y[i] + 1, 0), mostY);
                int left = (int)x, top = (int)y;
                float* at = padded + top * stride + left * channels;
                for (int channel = 0; channel < channels; channel++)
                {
                    to[i * channels + channel] = Between(at + channel, channels, stride, x - left, y - top);
                }
            }
        }
    }

    /// <summary>Linearly between four numbers; exactly the first where both shares are 0.</summary>
    private static float Between(float* first, nint right, nint below, float shareX, float shareY)
    {
        float above = float.FusedMultiplyAdd(shareX, first[right] - first[0], first[0]);
        float under = float.FusedMultiplyAdd(shareX, first[below + right] - first[below], first[below]);
        return float.FusedMultiplyAdd(shareY, under - above, above);
    }

    /// <summary>Spreads the numbers of a grid over all pixels: first along its rows, then along the columns.</summary>
    private readonly void Spread(scoped ReadOnlySpan<float> moves, int grid, float* between, float* field)
    {
        float* weights = stackalloc float[Taps];
        int* points = stackalloc int[Taps];
        for (int x = 0; x < _width; x++)
        {
            Weigh(x, _width, grid, weights, points);
            for (int row = 0; row < grid; row++)
            {
                ReadOnlySpan<float> of = moves.Slice(row * grid, grid);
                float sum = weights[0] * of[points[0]];
                for (int tap = 1; tap < Taps; tap++)
                {
                    sum = float.FusedMultiplyAdd(weights[tap], of[points[tap]], sum);
                }
                between[row * _width + x] = sum;
            }
        }
        for (int y = 0; y < _height; y++)
        {
            Weigh(y, _height, grid, weights, points);
            BlendKernel kernel = new()
            {
                A = between + points[0] * _width,
                B = between + points[1] * _width,
                C = between + points[2] * _width,
                D = between + points[3] * _width,
                Weights = weights,
                To = field + y * _width,
            };
            ElementWise.Run(ref kernel, _width, threads: 1);
        }
    }

    /// <summary>The four points of a grid around a pixel, and their weights: the cubic of Keys with a = −½. Beyond its ends a grid goes on as its last points.</summary>
    private static void Weigh(int pixel, int pixels, int grid, float* weights, int* points)
    {
        float at = pixels == 1 ? 0 : (float)pixel * (grid - 1) / (pixels - 1);
        int first = Math.Min((int)at, grid - 2);
        float t = at - first;
        weights[0] = 0.5f * t * ((2 - t) * t - 1);
        weights[1] = 0.5f * ((3 * t - 5) * t * t + 2);
        weights[2] = 0.5f * t * ((4 - 3 * t) * t + 1);
        weights[3] = 0.5f * t * t * (t - 1);
        for (int tap = 0; tap < Taps; tap++)
        {
            points[tap] = Math.Clamp(first - 1 + tap, 0, grid - 1);
        }
    }

    private struct TransformKernel : IElementKernel
    {
        public float* X;
        public float* Y;
        public float XX, XY, YX, YY, FromX, FromY, ToX, ToY;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Apply<T>(nint index)
            where T : struct, ILanes<T>
        {
            T x = T.Load(in *X, index) - T.Broadcast(FromX), y = T.Load(in *Y, index) - T.Broadcast(FromY);
            T.FusedMultiplyAdd(T.Broadcast(XX), x, T.FusedMultiplyAdd(T.Broadcast(XY), y, T.Broadcast(ToX))).Store(ref *X, index);
            T.FusedMultiplyAdd(T.Broadcast(YX), x, T.FusedMultiplyAdd(T.Broadcast(YY), y, T.Broadcast(ToY))).Store(ref *Y, index);
        }
    }

    private struct BlendKernel : IElementKernel
    {
        public float* A, B, C, D, Weights, To;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Apply<T>(nint index)
            where T : struct, ILanes<T>
        {
            T sum = T.Broadcast(Weights[0]) * T.Load(in *A, index);
            sum = T.FusedMultiplyAdd(T.Broadcast(Weights[1]), T.Load(in *B, index), sum);
            sum = T.FusedMultiplyAdd(T.Broadcast(Weights[2]), T.Load(in *C, index), sum);
            T.FusedMultiplyAdd(T.Broadcast(Weights[3]), T.Load(in *D, index), sum).Store(ref *To, index);
        }
    }
}
