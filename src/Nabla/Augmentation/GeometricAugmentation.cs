using Nabla.Numerics;

namespace Nabla;

/// <summary>Moves pixels and leaves their values. Several in a row are composed and read the image once, between its pixels: it is blurred once only.</summary>
public abstract record GeometricAugmentation : Augmentation
{
    private protected GeometricAugmentation()
    {
    }

    /// <inheritdoc/>
    protected internal sealed override void Change(ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination, ref Philox random)
    {
        ImageMap map = new(height, width);
        Compose(ref map, ref random);
        map.Resample(image, channels, destination);
    }

    /// <summary>Replaces each point of a map by the one from which this takes the pixel that stands there.</summary>
    internal abstract void Compose(ref ImageMap map, ref Philox random);
}
