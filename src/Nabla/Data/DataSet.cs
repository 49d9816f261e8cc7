using System.Globalization;
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

    /// <summary>
    /// Objects of a program with the class of each: words, members of an enumeration, whole numbers or booleans, which become the classes' names. Classes are all members of an
    /// enumeration, and else those that there are, words in ordinal order and numbers ascending.
    /// </summary>
    /// <typeparam name="T">The objects.</typeparam>
    /// <typeparam name="TLabel">What says their class.</typeparam>
    /// <param name="items">The objects, at least one.</param>
    /// <param name="features">The numbers of an object, of each as many.</param>
    /// <param name="label">The class of an object.</param>
    /// <param name="columnNames">Names of the numbers, which the network keeps (<see cref="Network.Schema"/>), so that it can read tables; null for none.</param>
    /// <exception cref="ArgumentException">There are no objects, they have different counts of numbers or another than names, or what says the class is none of these.</exception>
    /// <example><code>
    /// DataSet flowers = DataSet.From(list, features: x => [x.Length, x.Width], label: x => x.Species);
    /// Network network = RecipeBook.Get("table").Train(new TrainAndTest(flowers, others, "flowers"));
    /// string species = network.NameOf(network.Predict([5.1f, 3.5f]).Label);
    /// </code></example>
    public static DataSet From<T, TLabel>(IEnumerable<T> items, Func<T, float[]> features, Func<T, TLabel> label, IReadOnlyList<string>? columnNames = null)
        where TLabel : notnull
    {
        T[] all = [.. items];
        return new DataSet(Rows(all, features, columnNames), ClassesOf([.. all.Select(label)]));
    }

    /// <summary>Objects of a program with the number that is to be answered for each: a regression.</summary>
    /// <typeparam name="T">The objects.</typeparam>
    /// <param name="items">The objects, at least one.</param>
    /// <param name="features">The numbers of an object, of each as many.</param>
    /// <param name="target">The number to answer for an object.</param>
    /// <param name="columnNames">Names of the numbers, which the network keeps (<see cref="Network.Schema"/>), so that it can read tables; null for none.</param>
    /// <exception cref="ArgumentException">There are no objects, they have different counts of numbers or another than names, or a target is not a finite number that a float can hold.</exception>
    /// <example><code>
    /// DataSet houses = DataSet.From(list, features: x => [x.Rooms, x.Age], target: x => x.Price);
    /// Network network = RecipeBook.Get("table").Train(new TrainAndTest(houses, others, "houses"));
    /// </code></example>
    public static DataSet From<T>(IEnumerable<T> items, Func<T, float[]> features, Func<T, double> target, IReadOnlyList<string>? columnNames = null)
    {
        T[] all = [.. items];
        float[] targets = [.. all.Select(item => (float)target(item))];
        return Array.FindIndex(targets, number => !float.IsFinite(number)) is >= 0 and int wrong
            ? throw new ArgumentException(FormattableString.Invariant($"The target of object {wrong} is {target(all[wrong])}, expected a finite number that a float can hold."), nameof(target))
            : new DataSet(Rows(all, features, columnNames), new TargetVectors(targets, 1));
    }

    private static FloatFeatures Rows<T>(T[] items, Func<T, float[]> features, IReadOnlyList<string>? columnNames)
    {
        if (items.Length == 0)
        {
            throw new ArgumentException("There are no objects, expected at least one.", nameof(items));
        }
        float[][] rows = [.. items.Select(features)];
        int width = rows[0].Length;
        if (width == 0 || (columnNames is not null && columnNames.Count != width))
        {
            throw new ArgumentException($"An object has {width} numbers{(columnNames is null ? "" : $" and there are {columnNames.Count} names")}, expected at least one{(columnNames is null ? "" : " and as many names")}.", nameof(features));
        }
        float[] values = new float[checked(rows.Length * width)];
        for (int row = 0; row < rows.Length; row++)
        {
            if (rows[row].Length != width)
            {
                throw new ArgumentException($"Object {row} has {rows[row].Length} numbers, expected {width} as object 0.", nameof(features));
            }
            rows[row].CopyTo(values, row * width);
        }
        TableSchema? schema = columnNames is null ? null : new() { Columns = [.. columnNames.Select((name, i) => new SchemaColumn { Name = name, Place = i + 1 })], FileColumns = width };
        return new FloatFeatures(values, [width]) { Schema = schema };
    }

    private static ClassLabels ClassesOf<TLabel>(TLabel[] labels)
        where TLabel : notnull
    {
        if (labels is float[] or double[] or decimal[] or Half[])
        {
            throw new ArgumentException("Classes cannot be fractions, expected words, members of an enumeration, whole numbers or booleans; for a regression give the number as target.", nameof(labels));
        }
        string[] names = [.. labels.Select(label => Convert.ToString(label, CultureInfo.InvariantCulture) ?? "")];
        string[] classes = typeof(TLabel).IsEnum
            ? Enum.GetNames(typeof(TLabel))
            : [.. labels.Distinct().OrderBy(label => label, typeof(TLabel) == typeof(string) ? (IComparer<TLabel>)(object)StringComparer.Ordinal : Comparer<TLabel>.Default).Select(label => Convert.ToString(label, CultureInfo.InvariantCulture) ?? "")];
        Dictionary<string, int> numbers = classes.Select((name, number) => (name, number)).ToDictionary(pair => pair.name, pair => pair.number);
        return new ClassLabels(
            [.. names.Select((name, i) => numbers.TryGetValue(name, out int number) ? number : throw new ArgumentException($"Object {i} is of class '{name}', which {typeof(TLabel).Name} does not declare.", nameof(labels)))],
            classes.Length, classes);
    }

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
