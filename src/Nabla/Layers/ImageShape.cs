namespace Nabla;

/// <summary>Shapes as image layers need them: [height, width, channels].</summary>
internal static class ImageShape
{
    /// <summary>The shape of images without channels as that of images with one; any other as it is.</summary>
    public static Shape WithChannels(Shape shape) => shape.Count == 2 ? [shape[0], shape[1], 1] : shape;

    /// <summary>The same samples with three extents; an image without channels has one.</summary>
    /// <exception cref="ArgumentException">The samples are no images.</exception>
    public static Shape Of(string layer, Shape shape) => shape.Count switch
    {
        2 => [shape[0], shape[1], 1],
        3 => shape,
        _ => throw new ArgumentException($"{layer} takes images of [height, width] or [height, width, channels], but gets samples of shape {shape}.", nameof(shape)),
    };
}
