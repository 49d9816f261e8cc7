using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Gathers samples of a batch into what a network reads, each changed by a list of augmentations: threads take different samples, and what becomes of one follows from seed,
/// epoch and its place in it.
/// </summary>
/// <param name="augmentations">The list; those that mix samples last.</param>
/// <param name="shape">What the network takes: an image.</param>
/// <param name="preprocessing">What is done to samples: bytes are divided before, and standardised after.</param>
internal sealed class Augmenter(IReadOnlyList<Augmentation> augmentations, Shape shape, Preprocessing preprocessing)
{
    // Samples that are mixed stand side by side, so a thread takes two.
    private const int Pair = 2;

    [ThreadStatic]
    private static float[]? _other;

    private readonly ImageShape _shape = ImageShape.Of(shape, nameof(shape));

    /// <summary>Gathers samples.</summary>
    /// <param name="features">Where they are.</param>
    /// <param name="samples">Their indices; from the begin of a batch an even number comes before.</param>
    /// <param name="random">Where they draw from, the first first.</param>
    /// <param name="destination">Receives them: [samples, sample size].</param>
    /// <param name="targets">What is wanted of them: [samples, <paramref name="targetWidth"/>]. Mixed with them.</param>
    /// <param name="targetWidth">Numbers of a target.</param>
    /// <param name="threads">Threads to use.</param>
    public void Load(
        Features features, ReadOnlySpan<int> samples, SampleRandom random, Span<float> destination, Span<float> targets, int targetWidth, int threads)
    {
        Job job = new(this, features, samples, random, destination, targets, targetWidth);
        WorkerTeam.Run(ref job, Math.Min((samples.Length + Pair - 1) / Pair, threads));
    }

    /// <summary>Changes one image in place by all that take one by one.</summary>
    /// <param name="augmentations">The list.</param>
    /// <param name="shape">The image's extents.</param>
    /// <param name="image">[height, width, channels].</param>
    /// <param name="random">Where samples draw from.</param>
    /// <param name="row">Which of them it is.</param>
    public static unsafe void Apply(IReadOnlyList<Augmentation> augmentations, ImageShape shape, Span<float> image, SampleRandom random, int row)
    {
        Span<float> from = image, to = new(ThreadMemory.Of(ref _other, shape.Size), shape.Size);
        for (int i = 0; i < augmentations.Count; i++)
        {
            bool isChanged;
            if (augmentations[i] is GeometricAugmentation)
            {
                int end = i + 1;
                while (end < augmentations.Count && augmentations[end] is GeometricAugmentation)
                {
                    end++;
                }
                isChanged = Move(augmentations, i, end, shape, from, to, random, row);
                i = end - 1;
            }
            else
            {
                Philox own = random.ForAugmentation(row, i);
                isChanged = !augmentations[i].MixesPairs && augmentations[i].IsChosen(ref own);
                if (isChanged)
                {
                    augmentations[i].Change(from, shape.Height, shape.Width, shape.Channels, to, ref own);
                }
            }
            if (isChanged)
            {
                Span<float> changed = to;
                to = from;
                from = changed;
            }
        }
        if (from != image)
        {
            from.CopyTo(image);
        }
    }

    /// <summary>Several movements of pixels in one resampling; the last first, since a pixel is traced back.</summary>
    /// <returns>Whether the image is moved at all.</returns>
    private static bool Move(
        IReadOnlyList<Augmentation> augmentations, int first, int end, ImageShape shape, ReadOnlySpan<float> from, Span<float> to, SampleRandom random, int row)
    {
        ImageMap map = new(shape.Height, shape.Width);
        bool isMoved = false;
        for (int i = end - 1; i >= first; i--)
        {
            GeometricAugmentation movement = (GeometricAugmentation)augmentations[i];
            Philox own = random.ForAugmentation(row, i);
            if (movement.IsChosen(ref own))
            {
                movement.Compose(ref map, ref own);
                isMoved = true;
            }
        }
        if (isMoved)
        {
            map.Resample(from, shape.Channels, to);
        }
        return isMoved;
    }

    private void LoadPair(Features features, ReadOnlySpan<int> samples, SampleRandom random, int row, Span<float> images, Span<float> targets, int targetWidth)
    {
        int size = _shape.Size;
        for (int i = 0; i < samples.Length; i++)
        {
            Span<float> image = images.Slice(i * size, size);
            preprocessing.CopyDivided(features, samples[i], 0, image);
            Apply(augmentations, _shape, image, random, row + i);
        }
        for (int i = 0; i < augmentations.Count && samples.Length == Pair; i++)
        {
            if (augmentations[i] is MixupAugmentation mixup)
            {
                float first = mixup.OwnShare(random.ForAugmentation(row, i)), second = mixup.OwnShare(random.ForAugmentation(row + 1, i));
                ImageFilters.Mix(images[..size], images.Slice(size, size), first, second);
                ImageFilters.Mix(targets[..targetWidth], targets.Slice(targetWidth, targetWidth), first, second);
            }
        }
        for (int i = 0; i < samples.Length; i++)
        {
            preprocessing.Standardization?.Apply(images.Slice(i * size, size));
        }
    }

    private readonly ref struct Job(
        Augmenter owner, Features features, ReadOnlySpan<int> samples, SampleRandom random, Span<float> destination, Span<float> targets, int targetWidth) : IJob
    {
        private readonly ReadOnlySpan<int> _samples = samples;
        private readonly Span<float> _destination = destination;
        private readonly Span<float> _targets = targets;

        public void Run(int part, int parts)
        {
            int pairs = (_samples.Length + Pair - 1) / Pair, size = owner._shape.Size;
            for (int pair = (int)((long)pairs * part / parts); pair < (int)((long)pairs * (part + 1) / parts); pair++)
            {
                int row = pair * Pair, count = Math.Min(Pair, _samples.Length - row);
                owner.LoadPair(
                    features, _samples.Slice(row, count), random, row, _destination.Slice(row * size, count * size), _targets.Slice(row * targetWidth, count * targetWidth), targetWidth);
            }
        }
    }
}
