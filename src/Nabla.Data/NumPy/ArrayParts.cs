namespace Nabla;

/// <summary>Images and labels as a file has them, and how errors name them.</summary>
/// <param name="ImagesName">Such as <c>x_train</c>.</param>
/// <param name="Images">[samples, …], at least two extents.</param>
/// <param name="LabelsName">Such as <c>y_train</c>.</param>
/// <param name="Labels">[samples] or [samples, 1], or one-hot [samples, classes].</param>
internal sealed record ArrayPart(string ImagesName, NumericArray Images, string LabelsName, NumericArray Labels);

/// <summary>Makes data sets of arrays, all parts of a file by the same rule.</summary>
/// <remarks>
/// Whole numbers of 0 to 255 become bytes. So do floats where they are whole and exceed 1, and where they are k/256 up to
/// 255/256, as in the file of deeplearning.net: k is the byte. Floats of 0 and 1 alone, and booleans, stay floats; so does
/// everything else. A rule holds for all parts or for none, lest test and training differ by a factor.
/// </remarks>
internal static class ArrayParts
{
    private const double Greatest256th = 255 / 256.0;

    /// <summary>Converts the parts of a file.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="parts">Their arrays.</param>
    /// <param name="options">The number of classes, and whether images are transposed.</param>
    /// <param name="notes">Receives what was guessed.</param>
    /// <returns>As many data sets, with one sample shape and one number of classes.</returns>
    public static DataSet[] Convert(string path, IReadOnlyList<ArrayPart> parts, DataFileOptions options, List<string> notes)
    {
        Features[] features = ConvertFeatures(path, [.. parts.Select(part => (part.ImagesName, part.Images))], options, notes);
        int[][] labels = [.. parts.Select(part => ReadLabels(path, part, options.ClassCount))];
        // One-hot labels say how many classes there are; plain ones do not.
        int oneHot = parts.Max(part => IsOneHot(part.Labels) ? part.Labels.Shape[1] : 0);
        ClassLabels[] classes = NumberedClasses.Of(path, labels, options.ClassCount, oneHot, notes);
        return [.. features.Select((images, i) => new DataSet(images, classes[i]))];
    }

    /// <summary>Converts images only.</summary>
    public static Features[] ConvertFeatures(string path, IReadOnlyList<(string Name, NumericArray Images)> parts, DataFileOptions options, List<string> notes)
    {
        Features[] features = ConvertNumbers(path, parts);
        Shape shape = features[0].SampleShape;
        if (HasChannelsFirst(shape))
        {
            features = [.. features.Select(ImageAxes.ChannelsLast)];
            notes.Add($"samples of {shape}: channels first, made {features[0].SampleShape}");
        }
        if (!options.Transpose)
        {
            return features;
        }
        return features[0].SampleShape.Count is 2 or 3
            ? [.. features.Select(ImageAxes.Transposed)]
            : throw new ArgumentException($"--transpose: found it for samples of {shape}, expected images; leave it out.");
    }

    /// <summary>Whether samples are [1 or 3, height, width]: of these, one that could as well be a row or three of an image with channels is taken for that.</summary>
    private static bool HasChannelsFirst(Shape shape) => shape.Count == 3 && shape[0] is 1 or 3 && shape[2] > 4 && shape[1] > 4;

    private static Features[] ConvertNumbers(string path, IReadOnlyList<(string Name, NumericArray Images)> parts)
    {
        Shape[] shapes = [.. parts.Select(part => ReadShape(path, part.Name, part.Images))];
        for (int i = 1; i < shapes.Length; i++)
        {
            if (!shapes[i].Equals(shapes[0]))
            {
                throw new MalformedFileException(path, $"'{parts[i].Name}' has samples of {shapes[i]}, expected {shapes[0]} as in '{parts[0].Name}'.");
            }
        }
        NumberKinds[] ranges = [.. parts.Select(part => FindRange(path, part.Name, part.Images))];
        bool areFloats = parts.Any(part => part.Images.Type.Kind == NumericKind.Float);
        bool areBooleans = parts.Any(part => part.Images.Type.Kind == NumericKind.Boolean);
        double greatest = ranges.Max(range => range.Greatest);
        float factor = 0;
        if (!areBooleans && ranges.All(range => range.AreBytes) && (!areFloats || greatest > 1))
        {
            factor = 1;
        }
        else if (areFloats && greatest == Greatest256th && ranges.All(range => range.Are256ths))
        {
            factor = 256;
        }
        return [.. parts.Select((part, i) => ConvertFeatures(part.Images, shapes[i], factor))];
    }

    /// <param name="images">The array.</param>
    /// <param name="shape">Shape of a sample.</param>
    /// <param name="factor">What makes bytes of the numbers; 0 for floats.</param>
    private static Features ConvertFeatures(NumericArray images, Shape shape, float factor)
    {
        if (factor == 0)
        {
            return new FloatFeatures(images.Accept<FloatVisitor, float[]>(default), shape);
        }
        return new ByteFeatures(
            images.Type.AreBytes ? images.ToRowMajor() : images.Accept<ByteVisitor, byte[]>(new ByteVisitor(factor)), shape);
    }

    private static Shape ReadShape(string path, string name, NumericArray images)
    {
        if (images.Shape.Length < 2 || images.Count == 0)
        {
            throw new MalformedFileException(path, $"'{name}' is {images}, expected at least one sample and two extents, such as (60000, 784) or (60000, 28, 28).");
        }
        return images.Shape.Length == 2 ? SampleLimits.ShapeOf(images.Shape[1]) : Shape.Create(images.Shape[1..]);
    }

    private static NumberKinds FindRange(string path, string name, NumericArray images)
    {
        if (images.Type.AreBytes)
        {
            return new NumberKinds(true, false, byte.MaxValue, -1);
        }
        NumberKinds range = images.Accept<NumberKinds.Visitor, NumberKinds>(default);
        if (range.FirstNotFinite >= 0)
        {
            int size = images.Count / images.Shape[0];
            throw new MalformedFileException(path,
                $"'{name}' has no finite 32-bit float as value {range.FirstNotFinite % size} of sample {range.FirstNotFinite / size}, expected finite numbers only.");
        }
        if (images.Type.Kind == NumericKind.Boolean && range.Greatest > 1)
        {
            throw new MalformedFileException(path, $"'{name}' has booleans of {range.Greatest}, expected 0 and 1; the file is damaged.");
        }
        return range;
    }

    private static int[] ReadLabels(string path, ArrayPart part, int? classCount)
    {
        NumericArray array = part.Labels;
        int expected = part.Images.Shape[0];
        if (IsOneHot(array) && array.Shape[0] == expected)
        {
            return ReadOneHot(path, part, classCount ?? ClassCount.Maximum);
        }
        bool isColumn = array.Shape.Length == 1 || (array.Shape.Length == 2 && array.Shape[1] == 1);
        if (!isColumn || array.Count != expected)
        {
            throw new MalformedFileException(path,
                $"'{part.LabelsName}' is {array}, expected ({expected}), one label for each sample of '{part.ImagesName}', or one-hot ({expected}, classes).");
        }
        (int[] labels, int wrong, string? value) = array.Accept<LabelVisitor, (int[], int, string?)>(new LabelVisitor(classCount));
        return wrong < 0
            ? labels
            : throw new MalformedFileException(path,
                $"'{part.LabelsName}' has the label {value} for sample {wrong}, expected a whole number{(classCount is int classes ? $" of 0 to {classes - 1}" : $", at most {LabelVisitor.Greatest}")}.");
    }

    private static bool IsOneHot(NumericArray labels) => labels.Shape.Length == 2 && labels.Shape[1] > 1;

    private static int[] ReadOneHot(string path, ArrayPart part, int maximum)
    {
        int width = part.Labels.Shape[1];
        if (width > maximum)
        {
            throw new MalformedFileException(path, $"'{part.LabelsName}' has {width} numbers for each sample, expected one-hot labels of at most {maximum} classes.");
        }
        (int[] labels, int wrong) = part.Labels.Accept<OneHotVisitor, (int[], int)>(new OneHotVisitor(width));
        return wrong < 0
            ? labels
            : throw new MalformedFileException(path, $"'{part.LabelsName}' has no one-hot label for sample {wrong}, expected one 1 and otherwise 0 there.");
    }
}
