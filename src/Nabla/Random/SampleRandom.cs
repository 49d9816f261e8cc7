namespace Nabla;

/// <summary>
/// Where samples that go through a network in training draw from: each from streams of its own, which follow from a seed, the epoch and the sample's place in it, and
/// from nothing else. So a training that is continued needs no more than these three.
/// </summary>
/// <param name="seed">Seed of all streams.</param>
/// <param name="epoch">The epoch, from 1. Another one gives other numbers.</param>
/// <param name="firstPlace">
/// Place in the epoch's order of the first sample that goes through, from 0: how many came before. Not its index in the data set: drawn with
/// replacement, a sample may come twice.
/// </param>
public readonly struct SampleRandom(ulong seed, int epoch = 1, int firstPlace = 0)
{
    // Layers count from 0.
    private const uint FirstAugmentation = 1u << 31;

    /// <summary>NumPy's stream, for layers that follow it (<see cref="RandomSource.NumPy"/>); else null.</summary>
    internal NumPyRandom? Stream { get; init; }

    /// <summary>The streams of the samples from one on.</summary>
    /// <param name="row">How many samples come before it.</param>
    internal SampleRandom From(int row) => new(seed, epoch, firstPlace + row) { Stream = Stream };

    /// <summary>The stream of a sample for a layer.</summary>
    /// <param name="row">The sample, counted from the first that goes through.</param>
    /// <param name="layer">Index of the layer in its network.</param>
    internal Philox ForLayer(int row, int layer) => new(seed, (uint)(firstPlace + row), (uint)epoch, (uint)layer);

    /// <summary>The stream of a sample for an augmentation.</summary>
    /// <param name="row">The sample, counted from the first that goes through.</param>
    /// <param name="augmentation">Index of the augmentation in its list.</param>
    internal Philox ForAugmentation(int row, int augmentation) => new(seed, (uint)(firstPlace + row), (uint)epoch, FirstAugmentation + (uint)augmentation);
}
