using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>Where a training draws from what differs from sample to sample, such as which values a dropout drops.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RandomSource>))]
public enum RandomSource
{
    /// <summary>
    /// One stream for all samples, one after the other, which goes on from the order of samples: so a notebook with <c>np.random.seed</c> can be
    /// followed number by number. A batch with dropout is then not cut into shards.
    /// </summary>
    // The first, since it is what files mean that do not say it: they are from before there was a choice.
    NumPy,

    /// <summary>Streams of its own for each sample (<see cref="Nabla.Philox"/>): any thread draws for any sample.</summary>
    Philox,
}
