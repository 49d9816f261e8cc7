namespace Nabla;

/// <summary>What a network sees of a picture that is not searched for ink: the picture as those are that <see cref="ImageFolder"/> reads.</summary>
public static class PictureSample
{
    /// <summary>The levels of a picture as a sample of a network: brought to its size, grey or in colours, and dark on light inverted where the network learnt from ink that is light on dark.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="network">Takes images: [height, width], or with 1 or 3 channels.</param>
    /// <param name="fit">What is done where the proportions differ.</param>
    /// <returns>A level of 0 to 255 for each value of a sample; <see cref="Preprocessing.FromLevels"/> brings them into the network's units.</returns>
    /// <exception cref="ArgumentException">The network takes no images.</exception>
    public static byte[] Of(Picture picture, Network network, PictureFit fit = PictureFit.Pad)
    {
        Shape input = network.InputShape;
        if (!CanBe(input))
        {
            throw new ArgumentException($"The network takes samples of {input}, expected images, grey or in colours; pictures cannot be turned into that.", nameof(network));
        }
        PictureOutline outline = PictureOutline.Of(picture);
        int channels = input.Count == 3 ? input[2] : 1;
        byte[] levels = PictureScaling.Scale(outline.LevelsOf(channels, outline is { IsTransparent: true, HasLightInk: true }, () => picture), picture.Height, picture.Width, input, fit);
        if (network.Preprocessing.InkOnPaper == true && channels == 1)
        {
            InvertLightPaper(levels, input[1]);
        }
        return levels;
    }

    /// <summary>Whether samples of that shape can be made of pictures.</summary>
    public static bool CanBe(Shape sample) => sample is [_, _] or [_, _, 1 or 3];

    /// <summary>Inverts the image, in place, where its border of one pixel is light on average.</summary>
    /// <param name="pixels">[height, width], row by row, 0 for black to 255 for white.</param>
    /// <param name="width">Pixels of a row.</param>
    private static void InvertLightPaper(Span<byte> pixels, int width)
    {
        if (!HasLightBorder(pixels, width))
        {
            return;
        }
        foreach (ref byte pixel in pixels)
        {
            pixel = (byte)(255 - pixel);
        }
    }

    private static bool HasLightBorder(ReadOnlySpan<byte> pixels, int width)
    {
        long sum = 0;
        int count = 0;
        int height = pixels.Length / width;
        for (int i = 0; i < pixels.Length; i++)
        {
            int y = i / width, x = i % width;
            if (y == 0 || y == height - 1 || x == 0 || x == width - 1)
            {
                sum += pixels[i];
                count++;
            }
        }
        return sum > 127.5 * count;
    }
}
