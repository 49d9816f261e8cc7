using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Nabla;

/// <summary>
/// Changes a training image a little, at random, in a way that leaves what it shows: a network sees another one each epoch and learns what does not matter. For one of your
/// own derive a record from this and write <see cref="Change"/>.
/// </summary>
/// <remarks>
/// Images are [height, width, channels], from 0 for the background to 1 for full ink: bytes are divided by the network's divisor before, and standardised after. One
/// is asked by several threads at once, so it may not change, and what it makes of an image may depend on nothing but that image and the random numbers; it may not allocate.
/// </remarks>
public abstract record Augmentation
{
    /// <summary>
    /// Makes a kind of augmentation known by a name, so that model files and recipes can have it. Call it once, when a program starts; ours are
    /// registered the same way.
    /// </summary>
    /// <typeparam name="T">The kind: a record whose options are its public members.</typeparam>
    /// <param name="name">How documents name it: lower-case letters, digits and dashes, no digit at the end; not another's.</param>
    /// <param name="defaults">One with the default of every option, which recipes need not say; members that are <c>required</c> and parameters of the constructor must be said.</param>
    /// <param name="json">The class that reads and writes it: a <see cref="JsonSerializerContext"/> with <c>[JsonSerializable(typeof(T))]</c>.</param>
    /// <exception cref="ArgumentException">The name is none or stands for another kind, or <paramref name="json"/> does not know the type.</exception>
    public static void Register<[DynamicallyAccessedMembers(Kinds.Members)] T>(string name, T defaults, IJsonTypeInfoResolver json)
        where T : Augmentation => Kinds.Augmentations.Register(name, defaults, json);

    /// <summary>What suits handwritten digits and letters: turned, scaled, slanted and moved a little, bent, and with a thinner or thicker pen.</summary>
    public static IReadOnlyList<Augmentation> ForHandwriting { get; } = [new AffineAugmentation(), new ElasticAugmentation(), new StrokeThicknessAugmentation()];

    /// <summary>Share of the samples that are changed, from 0 to 1. Default: 1.</summary>
    [JsonRequired]
    public double Probability
    {
        get;
        init => field = OptionCheck.Between(0, 1, value, nameof(Probability));
    } = 1;

    /// <summary>Writes a changed copy of an image, or with 1 − <see cref="Probability"/> the image as it is.</summary>
    /// <param name="image">The image, row by row, from 0 (background) to 1.</param>
    /// <param name="shape">[height, width] or [height, width, channels].</param>
    /// <param name="destination">Receives as many numbers; other memory than the image's.</param>
    /// <param name="random">Where random numbers are drawn from.</param>
    /// <exception cref="ArgumentException">The shape is no image's, the numbers are not as many, or both are the same memory.</exception>
    public void Apply(ReadOnlySpan<float> image, Shape shape, Span<float> destination, ref Philox random)
    {
        ImageShape size = ImageShape.Of(shape, nameof(shape));
        size.ThrowUnlessFits(image, destination);
        if (IsChosen(ref random))
        {
            Change(image, size.Height, size.Width, size.Channels, destination[..image.Length], ref random);
        }
        else
        {
            image.CopyTo(destination);
        }
    }

    /// <summary>
    /// Writes what a list of augmentations makes of an image, as in a training: one after the other, neighbours that only move pixels in one resampling. Those that mix
    /// samples leave it as it is.
    /// </summary>
    /// <param name="augmentations">The list, first to last.</param>
    /// <param name="image">The image, row by row, from 0 (background) to 1.</param>
    /// <param name="shape">[height, width] or [height, width, channels].</param>
    /// <param name="destination">Receives as many numbers; other memory than the image's.</param>
    /// <param name="random">Seed, epoch and place of the sample.</param>
    /// <exception cref="ArgumentException">The shape is no image's, the numbers are not as many, or both are the same memory.</exception>
    public static void ApplyAll(IReadOnlyList<Augmentation> augmentations, ReadOnlySpan<float> image, Shape shape, Span<float> destination, SampleRandom random)
    {
        ImageShape size = ImageShape.Of(shape, nameof(shape));
        size.ThrowUnlessFits(image, destination);
        image.CopyTo(destination);
        Augmenter.Apply(augmentations, size, destination[..image.Length], random, row: 0);
    }

    /// <summary>Writes a changed copy of an image.</summary>
    /// <param name="image">The image: [height, width, channels].</param>
    /// <param name="height">Its rows.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="channels">Numbers of a pixel.</param>
    /// <param name="destination">Receives as many numbers, with anything in it.</param>
    /// <param name="random">Where random numbers are drawn from.</param>
    protected internal abstract void Change(ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination, ref Philox random);

    /// <summary>Whether it mixes samples with each other; it then comes last.</summary>
    internal virtual bool MixesPairs => false;

    /// <summary>Draws whether a sample is changed: the first number of its stream.</summary>
    internal bool IsChosen(ref Philox random) => random.NextSingle() < Probability;
}

/// <summary>The extents of an image.</summary>
/// <param name="Height">Its rows.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Channels">Numbers of a pixel.</param>
internal readonly record struct ImageShape(int Height, int Width, int Channels)
{
    /// <summary>Numbers of an image.</summary>
    public int Size => Height * Width * Channels;

    /// <summary>Whether a shape is an image's.</summary>
    public static bool IsImage(Shape shape) => shape.Count is 2 or 3;

    /// <exception cref="ArgumentException">The shape is no image's.</exception>
    public static ImageShape Of(Shape shape, string name) => IsImage(shape)
        ? new(shape[0], shape[1], shape.Count == 3 ? shape[2] : 1)
        : throw new ArgumentException($"Samples of {shape} are no images, expected [height, width] or [height, width, channels], such as [28, 28].", name);

    /// <exception cref="ArgumentException">There are other numbers than an image has, or both are the same memory.</exception>
    public void ThrowUnlessFits(ReadOnlySpan<float> image, ReadOnlySpan<float> destination)
    {
        if (image.Length != Size || destination.Length < Size)
        {
            throw new ArgumentException($"An image of {Height}×{Width}×{Channels} has {Size} numbers, but there are {image.Length}, and room for {destination.Length}.");
        }
        if (image.Overlaps(destination))
        {
            throw new ArgumentException("The changed image needs memory of its own.");
        }
    }
}
