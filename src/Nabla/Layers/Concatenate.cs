namespace Nabla;

/// <summary>Puts values side by side along their last extent: the channels of images, the elements of rows of numbers.</summary>
public sealed record ConcatenateSpec : LayerSpec
{
    /// <inheritdoc/>
    protected internal override bool TakesSeveralInputs => true;

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new Concatenate(builder, [.. builder.InputShapes.Select(LayerBuilder.WithChannels)]);
}

/// <summary>Puts values side by side, see <see cref="ConcatenateSpec"/>.</summary>
public sealed class Concatenate : Layer
{
    // Last extent of each input, and of the output.
    private readonly int[] _widths;
    private readonly int _width;

    internal Concatenate(LayerBuilder builder, Shape[] inputShapes)
        : base(builder, Together(builder.Name, inputShapes), inputShapes[0])
    {
        _widths = [.. inputShapes.Select(shape => shape[^1])];
        _width = OutputShape[^1];
    }

    // As for Add.
    /// <inheritdoc/>
    public override bool TakesSamplesOneByOne => InputShape.Count > 1;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass)
    {
        Span<float> output = pass.Output;
        for (int i = 0, column = 0; i < _widths.Length; column += _widths[i++])
        {
            ReadOnlySpan<float> from = pass.Input(i);
            for (int row = 0; row * _width < output.Length; row++)
            {
                from.Slice(row * _widths[i], _widths[i]).CopyTo(output[(row * _width + column)..]);
            }
        }
    }

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        for (int i = 0, column = 0; i < _widths.Length; column += _widths[i++])
        {
            Span<float> gradient = pass.InputGradient(i);
            for (int row = 0; row * _widths[i] < gradient.Length; row++)
            {
                pass.OutputGradient.Slice(row * _width + column, _widths[i]).CopyTo(gradient[(row * _widths[i])..]);
            }
        }
    }

    /// <summary>What it is, in one line: <c>Concatenate 28×28 × (16 + 32)</c>.</summary>
    public override string ToString() =>
        $"Concatenate {(InputShape.Count == 1 ? "" : $"{string.Join('×', InputShape.SkipLast(1))} × ")}({string.Join(" + ", _widths)})";

    private static Shape Together(string name, Shape[] shapes)
    {
        int[] extents = [.. shapes[0]];
        if (shapes.FirstOrDefault(shape => !shape.SkipLast(1).SequenceEqual(extents.SkipLast(1))) is Shape other)
        {
            throw new ArgumentException($"{name} puts values of the shapes {shapes[0]} and {other} side by side, expected the same but for the last extent.");
        }
        extents[^1] = (int)Math.Min(int.MaxValue, shapes.Sum(shape => (long)shape[^1]));
        return Shape.Create(extents);
    }
}
