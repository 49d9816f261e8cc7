namespace Nabla.Numerics;

/// <summary>Rows of numbers less their mean, over their standard deviation, times a scale, plus an offset; and back.</summary>
internal static unsafe class RowNormalization
{
    /// <summary>Numbers of a row's state: its mean, and 1 over its standard deviation.</summary>
    public const int StateOfRow = 2;

    // Below this many numbers a thread, handing work over costs more than it saves.
    private const int MinPerThread = 8 * 1024;

    /// <summary>
    /// output = (input − mean) / √(variance + epsilon) · scale + offset, all [rows, width], with mean and variance those of the row and scale and
    /// offset [width]; state [rows, 2] is for <see cref="Backward"/>, or empty.
    /// </summary>
    public static void Forward(
        ReadOnlySpan<float> input, ReadOnlySpan<float> scale, ReadOnlySpan<float> offset, Span<float> output, Span<float> state,
        int rows, int width, float epsilon, int threads)
    {
        ThrowIfTooSmall(input, output, scale, state, rows, width);
        ArgumentOutOfRangeException.ThrowIfLessThan(offset.Length, width);
        fixed (float* x = input, s = scale, o = offset, y = output, of = state)
        {
            RowNormalizationJob job = new()
            {
                Input = x,
                Scale = s,
                Offset = o,
                Output = y,
                State = state.IsEmpty ? null : of,
                Rows = rows,
                Width = width,
                Epsilon = epsilon,
            };
            WorkerTeam.Run(ref job, Parts(rows, width, threads));
        }
    }

    /// <summary>
    /// The gradient of the input, unless <paramref name="dInput"/> is empty; and in the place of each number of <paramref name="dOutput"/> that number
    /// times the normalised input, whose sum over the rows is the gradient of the scale.
    /// </summary>
    public static void Backward(
        ReadOnlySpan<float> input, ReadOnlySpan<float> scale, ReadOnlySpan<float> state, Span<float> dOutput, Span<float> dInput,
        int rows, int width, int threads)
    {
        ThrowIfTooSmall(input, dOutput, scale, state, rows, width);
        ArgumentOutOfRangeException.ThrowIfLessThan(state.Length, (long)rows * StateOfRow);
        ArgumentOutOfRangeException.ThrowIfLessThan(dInput.IsEmpty ? dOutput.Length : dInput.Length, (long)rows * width);
        fixed (float* x = input, s = scale, of = state, dy = dOutput, dx = dInput)
        {
            RowNormalizationJob job = new()
            {
                Input = x,
                Scale = s,
                State = of,
                DOutput = dy,
                DInput = dInput.IsEmpty ? null : dx,
                Rows = rows,
                Width = width,
            };
            WorkerTeam.Run(ref job, Parts(rows, width, threads));
        }
    }

    private static int Parts(int rows, int width, int threads) => (int)Math.Clamp((long)rows * width / MinPerThread, 1, threads);

    /// <summary>The kernels read and write through pointers: this is where their bounds are checked.</summary>
    private static void ThrowIfTooSmall(
        ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> scale, ReadOnlySpan<float> state, int rows, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Length, (long)rows * width);
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, (long)rows * width);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale.Length, width);
        ArgumentOutOfRangeException.ThrowIfLessThan(state.IsEmpty ? int.MaxValue : state.Length, (long)rows * StateOfRow);
    }
}
