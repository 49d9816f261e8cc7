namespace Nabla;

/// <summary>A folder with Kaggle's two files, <c>mnist_train.csv</c> and <c>mnist_test.csv</c>, each plain or with .gz.</summary>
internal static class CsvFolder
{
    private const string TrainName = "mnist_train.csv";
    private const string TestName = "mnist_test.csv";

    /// <summary>Whether one of the files is there.</summary>
    public static bool IsOne(string folder) => Find(folder, TrainName) is not null || Find(folder, TestName) is not null;

    /// <summary>Reads the training file, and the test file where there is one.</summary>
    public static DataParts Load(string folder, DataFileOptions options)
    {
        string trainPath = Find(folder, TrainName) ?? throw new FileNotFoundException(
            $"{folder}: {TrainName} is missing, plain or .gz, beside {TestName}; to read that file alone, give its path.", Path.Combine(folder, TrainName));
        string? testPath = Find(folder, TestName);
        TableData train = TableFile.Read(trainPath, options, needsAnswers: true);
        string source = $"CSV files from {folder}";
        if (testPath is null)
        {
            return new DataParts(train.ToDataSet(), null, null, source) { Notes = train.Notes };
        }
        TableData test = TableFile.Read(testPath, options with { Schema = options.Schema ?? train.Features.Schema }, needsAnswers: true);
        int size = train.Features.SampleShape.Size;
        if (test.Features.SampleShape.Size != size)
        {
            throw new MalformedFileException(testPath, $"found rows of {test.Features.SampleShape.Size} values, expected {size} as in {trainPath}.");
        }
        // One part of bytes, which are divided, and one of floats, which are not, would differ by a factor.
        bool areBytes = train.Features is ByteFeatures && test.Features is ByteFeatures;
        (Targets learnt, Targets measured) = (train.Targets!, test.Targets!);
        if (learnt is ClassLabels known && measured is ClassLabels asked)
        {
            (learnt, measured) = Together(testPath, known, asked, options.ClassCount);
        }
        return new DataParts(
            new DataSet(areBytes ? train.Features : ToFloats(train.Features), learnt), null,
            new DataSet(areBytes ? test.Features : ToFloats(test.Features), measured), source)
        {
            Notes = [.. train.Notes, .. test.Notes.Except(train.Notes).Select(note => $"{Path.GetFileName(testPath)}: {note}")],
        };
    }

    /// <summary>The same classes for both parts.</summary>
    private static (ClassLabels Train, ClassLabels Test) Together(string testPath, ClassLabels train, ClassLabels test, int? classCount)
    {
        if (train.ClassNames is null && test.ClassNames is null)
        {
            int classes = classCount ?? Math.Max(train.Width, test.Width);
            return (new ClassLabels([.. train.Values], classes), new ClassLabels([.. test.Values], classes));
        }
        return (train, test.Matching(train.ClassNames, train.Width) ?? throw new MalformedFileException(testPath,
            $"has the classes {string.Join(", ", (test.ClassNames ?? []).Take(8))}, expected those of {TrainName}: {string.Join(", ", (train.ClassNames ?? []).Take(8))}."));
    }

    private static string? Find(string folder, string name) =>
        new[] { name, name + ".gz" }.Select(candidate => Path.Combine(folder, candidate)).FirstOrDefault(File.Exists);

    private static FloatFeatures ToFloats(Features features)
    {
        if (features is FloatFeatures floats)
        {
            return floats;
        }
        float[] values = new float[features.Count * features.SampleShape.Size];
        ByteFeatures.Convert(((ByteFeatures)features).Values, 1, values);
        return new FloatFeatures(values, features.SampleShape);
    }
}
