using System.Globalization;
using Microsoft.AspNetCore.Http;
using Nabla.Web.Requests;

namespace Nabla.Web.Models;

/// <summary>A model that answers requests, from any number of threads at once.</summary>
internal sealed class ServedModel
{
    // Between two pieces a request that nobody waits for any more is given up.
    private const int PieceSize = 256;

    // 64 MiB, which no answer needs that somebody reads.
    private const int MostScores = 1 << 24;

    private readonly Func<Stream> _open;
    private readonly Lazy<DigitReader> _reader;

    public ServedModel(string name, Network network, Func<Stream> open)
    {
        Name = name;
        Network = network.FoldBatchNormalization();
        Description = ModelDescription.Of(name, network);
        _open = open;
        _reader = new Lazy<DigitReader>(() => new DigitReader(Network));
    }

    public string Name { get; }

    /// <summary>For predicting.</summary>
    public Network Network { get; }

    public ModelDescription Description { get; }

    /// <summary>Its file, as its training saved it.</summary>
    public Stream Open() => _open();

    /// <summary>What finds digits in pictures for it.</summary>
    /// <exception cref="RequestException">It takes other samples than digits.</exception>
    public DigitReader Reader => DigitReader.CanRead(Network.InputShape) ? _reader.Value
        : throw new RequestException(StatusCodes.Status400BadRequest, $"The model '{Name}' takes samples of {Network.InputShape}, expected 28×28 grey levels; digits of a page cannot be turned into that.");

    /// <summary>Whether pictures are read as drawings, whose ink is searched for; else they are brought to the size of its samples as they are.</summary>
    public bool ReadsDrawings => Network.Preprocessing.HasMnistForm == true && DigitReader.CanRead(Network.InputShape);

    /// <summary>The scores of samples.</summary>
    /// <param name="samples">Of the network's input size.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Those of each sample.</returns>
    /// <exception cref="RequestException">There are too many scores, or one is no number.</exception>
    public float[][] Score(Features samples, CancellationToken cancellation)
    {
        int width = Network.OutputShape.Size;
        if ((long)samples.Count * width > MostScores)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, string.Create(CultureInfo.InvariantCulture,
                $"Found {samples.Count:N0} samples of {width:N0} scores each, expected at most {MostScores:N0} scores in all; send them in parts."));
        }
        float[][] all = samples.Count == 1 ? [ScoreOne(samples)] : ScoreMany(samples, width, cancellation);
        for (int row = 0; row < all.Length; row++)
        {
            ThrowUnlessFinite(all[row], $"of sample {row.ToString(CultureInfo.InvariantCulture)} ");
        }
        return all;
    }

    /// <summary>By one thread, in memory that is there already: where several ask at once, that answers all of them sooner.</summary>
    private float[] ScoreOne(Features samples)
    {
        float[] scores = new float[Network.OutputShape.Size];
        if (samples is ByteFeatures bytes)
        {
            Network.Score(bytes[0], scores);
        }
        else
        {
            Network.Score(((FloatFeatures)samples)[0], scores);
        }
        return scores;
    }

    private float[][] ScoreMany(Features samples, int width, CancellationToken cancellation)
    {
        float[][] all = new float[samples.Count][];
        for (int start = 0; start < samples.Count; start += PieceSize)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(PieceSize, samples.Count - start);
            float[] scores = Network.Score(count == samples.Count ? samples : samples.Take([.. Enumerable.Range(start, count)]));
            for (int row = 0; row < count; row++)
            {
                all[start + row] = scores[(row * width)..((row + 1) * width)];
            }
        }
        return all;
    }

    /// <exception cref="RequestException">A score is infinite or not a number, for which JSON has no words.</exception>
    public void ThrowUnlessFinite(IReadOnlyList<float> scores, string of = "")
    {
        if (scores.Any(score => !float.IsFinite(score)))
        {
            throw new RequestException(StatusCodes.Status422UnprocessableEntity,
                $"The answer {of}is no number, since the outputs of '{Name}' overflow; send values as those of its training samples, or train it again at a smaller learning rate.");
        }
    }
}
