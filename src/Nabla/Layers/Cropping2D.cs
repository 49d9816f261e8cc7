using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>Cuts rows and columns off the border of an image.</summary>
public sealed record Cropping2DSpec : LayerSpec
{
    /// <summary>Rows cut off at the top, at least 0.</summary>
    [JsonRequired]
    public int Top
    {
        get;
        init => field = OptionCheck.AtLeast(0, value, nameof(Top));
    }

    /// <summary>Rows cut off at the bottom, at least 0.</summary>
    [JsonRequired]
    public int Bottom
    {
        get;
        init => field = OptionCheck.AtLeast(0, value, nameof(Bottom));
    }

    /// <summary>Columns cut off at the left, at least 0.</summary>
    [JsonRequired]
    public int Left
    {
        get;
        init => field = OptionCheck.AtLeast(0, value, nameof(Left));
    }

    /// <summary>Columns cut off at the right, at least 0.</summary>
    [JsonRequired]
    public int Right
    {
        get;
        init => field = OptionCheck.AtLeast(0, value, nameof(Right));
    }

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new Cropping2D(builder, this);
}

/// <summary>Cuts rows and columns off the border of an image [height, width, channels].</summary>
public sealed class Cropping2D : Layer
{
    private readonly int _top;
    private readonly int _left;

    internal Cropping2D(LayerBuilder builder, Cropping2DSpec spec)
        : base(builder, Cropped(builder.Name, builder.ImageShape, spec), builder.ImageShape)
    {
        _top = spec.Top;
        _left = spec.Left;
    }

    /// <inheritdoc/>
    public override bool TakesSamplesOneByOne => true;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass)
    {
        for (int i = 0; i < pass.Rows * OutputShape[0]; i++)
        {
            pass.Input().Slice(InputOffset(i), RowLength).CopyTo(pass.Output[(i * RowLength)..]);
        }
    }

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        Span<float> dInput = pass.InputGradient();
        if (dInput.IsEmpty)
        {
            return;
        }
        dInput.Clear();
        for (int i = 0; i < pass.Rows * OutputShape[0]; i++)
        {
            pass.OutputGradient.Slice(i * RowLength, RowLength).CopyTo(dInput[InputOffset(i)..]);
        }
    }

    /// <summary>What it is, in one line: <c>Cropping2D 28×28×1 → 27×27×1</c>.</summary>
    public override string ToString() => $"Cropping2D {InputShape} → {OutputShape}";

    /// <summary>Floats in one image row that stays.</summary>
    private int RowLength => OutputShape[1] * OutputShape[2];

    /// <summary>Where output row <paramref name="row"/>, counted over all images, begins in the input.</summary>
    private int InputOffset(int row)
    {
        (int image, int y) = Math.DivRem(row, OutputShape[0]);
        return ((image * InputShape[0] + y + _top) * InputShape[1] + _left) * InputShape[2];
    }

    private static Shape Cropped(string name, Shape input, Cropping2DSpec spec)
    {
        long height = (long)input[0] - spec.Top - spec.Bottom;
        long width = (long)input[1] - spec.Left - spec.Right;
        return height >= 1 && width >= 1
            ? [(int)height, (int)width, input[2]]
            : throw new ArgumentException($"{name} cuts all of an image of {input} off: {spec.Top} rows at the top, {spec.Bottom} at the bottom, {spec.Left} columns at the left, {spec.Right} at the right.");
    }
}
