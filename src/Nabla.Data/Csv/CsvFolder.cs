namespace Nabla;

/// <summary>A folder with Kaggle's two files, <c>mnist_train.csv</c> and <c>mnist_test.csv</c>, each plain or with .gz.</summary>
internal static class CsvFolder
{
    private const string TrainName = "mnist_train.csv";
    private const string TestName = "mnist_test.csv";

    /// <summary>Whether one of the files is there.</summary>
    public static bool IsOne(string folder) => Find(folder, TrainName) is not null || Find(folder, TestName) is not null;

    /// <summary>Reads the training file, and the test file where there is one.</summary>
    public static DataParts Load(string folder, int? classCount)
    {
        string trainPath = Find(folder, TrainName) ?? throw new FileNotFoundException(
            $"{folder}: {TrainName} is missing, plain or .gz, beside {TestName}; to read that file alone, give its path.", Path.Combine(folder, TrainName));
        string? testPath = Find(folder, TestName);
        CsvTable train = Csv.ReadLabelled(trainPath, classCount);
        string source = $"CSV files from {folder}";
        if (testPath is null)
        {
            return new DataParts(ToDataSet(train.Features, train, ClassCount.Of(classCount, train.Labels)), null, null, source);
        }
        CsvTable test = Csv.ReadLabelled(testPath, classCount);
        if (!test.Features.SampleShape.Equals(train.Features.SampleShape))
        {
            throw new MalformedFileException(testPath,
                $"line 1, column {test.Features.SampleShape.Size + 1}: found rows of {test.Features.SampleShape.Size} pixels, expected {train.Features.SampleShape.Size} as in {trainPath}.");
        }
        int classes = ClassCount.Of(classCount, train.Labels, test.Labels);
        // One part of bytes, which are divided, and one of floats, which are not, would differ by a factor.
        bool areBytes = train.Features is ByteFeatures && test.Features is ByteFeatures;
        return new DataParts(
            ToDataSet(areBytes ? train.Features : ToFloats(train.Features), train, classes), null,
            ToDataSet(areBytes ? test.Features : ToFloats(test.Features), test, classes), source);
    }

    private static string? Find(string folder, string name) =>
        new[] { name, name + ".gz" }.Select(candidate => Path.Combine(folder, candidate)).FirstOrDefault(File.Exists);

    private static DataSet ToDataSet(Features features, CsvTable table, int classes) => new(features, new ClassLabels(table.Labels!, classes));

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
