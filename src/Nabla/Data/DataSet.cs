using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Nabla;

/// <summary>Samples with what a network is to answer for each: images and their labels, or vectors and vectors.</summary>
public sealed class DataSet
{
    /// <exception cref="ArgumentException">Features and targets differ in number.</exception>
    public DataSet(Features features, Targets targets)
    {
        if (features.Count != targets.Count)
        {
            throw new ArgumentException($"There are {features.Count} samples but {targets.Count} targets; each sample needs one.", nameof(targets));
        }
        Features = features;
        Targets = targets;
    }

    /// <summary>The inputs.</summary>
    public Features Features { get; }

    /// <summary>The wanted outputs.</summary>
    public Targets Targets { get; }

    /// <summary>Number of samples.</summary>
    public int Count => Features.Count;

    /// <summary>Images of bytes with class labels.</summary>
    /// <param name="pixels">[images, height, width], 0 for background to 255 for full ink; not copied.</param>
    /// <param name="imageShape">Shape of one image, such as [28, 28].</param>
    /// <param name="labels">The class of each image, from 0; not copied.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="classNames">Names of the classes, or of the first of them; null where they have none.</param>
    public static DataSet FromImages(byte[] pixels, Shape imageShape, int[] labels, int classCount, IReadOnlyList<string>? classNames = null) =>
        new(new ByteFeatures(pixels, imageShape), new ClassLabels(labels, classCount, classNames));

    /// <summary>Vectors of numbers with vectors of numbers to answer, for regression.</summary>
    /// <param name="inputs">[samples, input size]; not copied.</param>
    /// <param name="inputShape">Shape of one sample.</param>
    /// <param name="outputs">[samples, output size]; not copied.</param>
    /// <param name="outputSize">Numbers to answer per sample.</param>
    public static DataSet FromVectors(float[] inputs, Shape inputShape, float[] outputs, int outputSize) =>
        new(new FloatFeatures(inputs, inputShape), new TargetVectors(outputs, outputSize));

    /// <summary>Vectors of numbers with class labels.</summary>
    /// <param name="inputs">[samples, input size]; not copied.</param>
    /// <param name="inputShape">Shape of one sample.</param>
    /// <param name="labels">The class of each sample, from 0; not copied.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="classNames">Names of the classes, or of the first of them; null where they have none.</param>
    public static DataSet FromLabeledVectors(float[] inputs, Shape inputShape, int[] labels, int classCount, IReadOnlyList<string>? classNames = null) =>
        new(new FloatFeatures(inputs, inputShape), new ClassLabels(labels, classCount, classNames));

    /// <summary>A copy of these samples followed by those of another data set of the same kinds.</summary>
    /// <exception cref="ArgumentException">Features or targets of the two are of different types, shapes or widths.</exception>
    public DataSet Append(DataSet other) => new(Features.Append(other.Features), Targets.Append(other.Targets));

    /// <summary>A copy of the samples at the given indices, in that order.</summary>
    public DataSet Take(ReadOnlySpan<int> rows) => new(Features.Take(rows), Targets.Take(rows));

    /// <summary>The samples at the given indices, in that order, where they are; only their targets are copied.</summary>
    public DataSet View(ReadOnlySpan<int> rows) => new(Features.View(rows), Targets.Take(rows));

    /// <summary>SHA-256 of shape, samples and targets, in hexadecimal: the same for the same data, however it is stored.</summary>
    public string Fingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Features.SampleShape.ToString()));
        float[] sample = new float[Features.SampleShape.Size], target = new float[Targets.Width];
        for (int row = 0; row < Count; row++)
        {
            Features.CopyRow(row, byteDivisor: 1, sample);
            Targets.CopyRow(row, target);
            hash.AppendData(MemoryMarshal.AsBytes<float>(sample));
            hash.AppendData(MemoryMarshal.AsBytes<float>(target));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A copy of <paramref name="count"/> samples beginning with <paramref name="start"/>.</summary>
    public DataSet Slice(int start, int count) => Take([.. Enumerable.Range(start, count)]);
}
