namespace Nabla.Numerics;

/// <summary>Images with their padding, one after the other, in memory of the thread; where there is none, the images themselves.</summary>
internal readonly unsafe struct PaddedImages
{
    private readonly ConvolutionGeometry _geometry;
    private readonly float* _padded;

    public PaddedImages(in ConvolutionGeometry geometry)
    {
        _geometry = geometry;
        RowLength = ((nint)geometry.Width + 2 * (nint)geometry.Padding) * geometry.Channels;
        _padded = geometry.Padding == 0 ? null : MatrixPacking.Image(geometry.PaddedSize, clear: true);
    }

    /// <summary>Floats from one row to the next.</summary>
    public nint RowLength { get; }

    /// <summary>Floats of an image, with its padding.</summary>
    public long Length => _padded is null ? _geometry.ImageSize : _geometry.PaddedSize;

    /// <summary>The image that begins at <paramref name="image"/>, with zeros around it.</summary>
    public float* Read(float* image)
    {
        if (_padded is null)
        {
            return image;
        }
        for (int y = 0; y < _geometry.Height; y++)
        {
            Row(image, y).CopyTo(PaddedRow(y));
        }
        return _padded;
    }

    /// <summary>An image of zeros to add to, which <see cref="Write"/> brings to its place.</summary>
    public float* Clear(float* image)
    {
        if (_padded is null)
        {
            new Span<float>(image, _geometry.ImageSize).Clear();
            return image;
        }
        return MatrixPacking.Image(_geometry.PaddedSize, clear: true);
    }

    /// <summary>Brings the pixels inside the padding to their place.</summary>
    public void Write(float* image)
    {
        for (int y = 0; y < _geometry.Height && _padded is not null; y++)
        {
            PaddedRow(y).CopyTo(Row(image, y));
        }
    }

    private Span<float> Row(float* image, int y) =>
        new(image + (nint)y * _geometry.Width * _geometry.Channels, _geometry.Width * _geometry.Channels);

    private Span<float> PaddedRow(int y) => new(
        _padded + ((nint)y + _geometry.Padding) * RowLength + (nint)_geometry.Padding * _geometry.Channels, _geometry.Width * _geometry.Channels);
}
