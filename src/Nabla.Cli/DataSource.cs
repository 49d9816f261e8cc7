using Nabla.Cli.Display;
using Nabla.Cli.Options;

namespace Nabla.Cli;

/// <summary>Turns --data into data: to train on, or to test a model on.</summary>
internal static class DataSource
{
    public const string Mnist = "mnist";
    public const string Synthetic = "synthetic";
    public const string DigitOrNot = "digit-or-not";

    // Beside MNIST's digits, built-in ones; and as many other signs as there are digits.
    private const int DrawnTrainCount = 30_000, DrawnTestCount = 2_000;

    // Of fewer samples none are set aside for testing.
    private const int LeastForTest = 10;

    private static readonly Dictionary<string, string> NoReading = [];

    /// <summary>Data with a training part and a test part.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="notes">Where it is said what happens.</param>
    /// <param name="keepsValidation">Whether a validation part of its own stays one; else its samples are learnt from, too.</param>
    /// <param name="cancellation">Stops a download.</param>
    public static TrainingData Load(DataRequest request, TextWriter notes, bool keepsValidation, CancellationToken cancellation)
    {
        string data = request.Data ?? DataOptions.Auto;
        if (TryLoadKnown(data, request, notes, cancellation) is TrainingData known)
        {
            return known;
        }
        DataParts parts = LoadFiles(data, request.ToFileOptions(), notes);
        if (parts.IsTestOnly)
        {
            throw new IOException($"{data}: has a test part alone, which is not to be learnt from; expected a training part, too, such as train-images-idx3-ubyte with its labels. To measure a model: {Invocation.Name} evaluate --data {Invocation.Quote(data)}");
        }
        if (parts.Validation is { } validation && !keepsValidation)
        {
            notes.WriteLine(FormattableString.Invariant($"The recipe sets nothing aside for validation: the {validation.Count:N0} images that the data has for it are trained on, too."));
            parts = WithoutValidation(parts);
        }
        return new TrainingData(parts.SetTestAside(), data, request.Reading, parts.Train.Fingerprint());
    }

    /// <summary>The same for commands that begin with it: Ctrl-C stops a download, and is their own business no longer once there is data.</summary>
    public static TrainAndTest Load(DataRequest request, TextWriter notes)
    {
        using Interruption interruption = new();
        TrainAndTest loaded = Load(request, notes, keepsValidation: true, interruption.Token).Parts;
        interruption.Token.ThrowIfCancellationRequested();
        return loaded;
    }

    /// <summary>All parts of data, as they are.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="notes">Where it is said what is downloaded.</param>
    public static DataParts LoadParts(DataRequest request, TextWriter notes)
    {
        using Interruption interruption = new();
        string data = request.Data!;
        DataParts parts = TryLoadKnown(data, request, notes, interruption.Token) is { Parts: var known }
            ? new DataParts(known.Train, known.Validation, known.Test, known.Source)
            : AllDataFiles.Load(data, request.ToFileOptions());
        interruption.Token.ThrowIfCancellationRequested();
        return parts;
    }

    /// <summary>What a model is tested on; Ctrl-C stops a download, and is the command's own business no longer once there is data.</summary>
    /// <param name="request">What was asked for; where that is nothing, it is what the model was trained on, or auto where it does not know.</param>
    /// <param name="model">The model: of data that it was trained on, only what it has not seen.</param>
    /// <param name="notes">Where it is said what happens.</param>
    public static TestData LoadTest(DataRequest request, Network model, TextWriter notes)
    {
        using Interruption interruption = new();
        TestData loaded = LoadTest(request, model, notes, interruption.Token);
        interruption.Token.ThrowIfCancellationRequested();
        (Features features, string? note) = model.Preprocessing.Match(loaded.Samples.Features, request.Reading.Count > 0 ? DataOptions.ToFileOptions(request.Reading).Scale : null);
        if (note is not null)
        {
            notes.WriteLine(note);
        }
        return ReferenceEquals(features, loaded.Samples.Features) ? loaded : loaded with { Samples = new DataSet(features, loaded.Samples.Targets) };
    }

    private static TestData LoadTest(DataRequest request, Network model, TextWriter notes, CancellationToken cancellation)
    {
        TrainingRecord? training = model.Training;
        bool isRemembered = request.Data is null && training?.DataPath is not null;
        string data = request.Data ?? training?.DataPath ?? DataOptions.Auto;
        if (isRemembered && !IsKnown(data) && !Path.Exists(data))
        {
            throw new FileNotFoundException($"{data}: the data that the model was trained on is not there; name it, or other data, with --data.");
        }
        if (TryLoadKnown(data, request, notes, cancellation) is { Parts: var known })
        {
            return new TestData(known.Test, known.Source, "the test images") { Name = known.Source.StartsWith("MNIST from ", StringComparison.Ordinal) ? "MNIST" : known.Source };
        }
        // Of the same file the same columns, arrays and so on, unless others are asked for.
        IReadOnlyDictionary<string, string> reading = request.Reading.Count == 0 && data == training?.DataPath && training.DataReading is { } remembered ? remembered : request.Reading;
        DataFileOptions options = DataOptions.ToFileOptions(reading) with { Schema = model.Schema };
        // A model of images that were not turned round, since they are not all ink on paper, sees none that are.
        DataParts parts = LoadFiles(data, model.Preprocessing.InkOnPaper == false ? options with { Invert = options.Invert ?? false } : options, notes);
        if (parts.IsTestOnly)
        {
            return new TestData(parts.Train, parts.Source, "the test images");
        }
        if (training?.Options.ValidationFraction == 0)
        {
            // As in the training, which learnt from both together.
            parts = WithoutValidation(parts);
        }
        bool isSame = training?.DataSha256 is string trainedOn && parts.Train.Fingerprint() == trainedOn;
        string change = !isSame && training?.DataPath == data ? "; the data is not what it was when the model was trained on it, which may have seen some" : "";
        if (parts.Test is not null)
        {
            return new TestData(parts.Test, parts.Source, $"the test images{change}");
        }
        if (isSame && parts.Train.Count >= LeastForTest)
        {
            return new TestData(parts.SetTestAside().Test, parts.Source, "the tenth that was set aside for testing when the model was trained on it");
        }
        string part = isSame ? "all of it, so few samples that the model was trained on them"
            : training?.DataPath is null ? "all of it, also what the model may have been trained on"
            : $"all of it{change}";
        return new TestData(WithoutValidation(parts).Train, parts.Source, part);
    }

    private static DataParts LoadFiles(string path, DataFileOptions options, TextWriter notes)
    {
        DataParts parts = AllDataFiles.Load(path, options);
        foreach (string note in parts.Notes)
        {
            notes.WriteLine(PlainText.Of(note));
        }
        return parts;
    }

    /// <summary>The samples for validation among those to learn from.</summary>
    private static DataParts WithoutValidation(DataParts parts) =>
        parts.Validation is null ? parts : parts with { Train = parts.Train.Append(parts.Validation), Validation = null };

    /// <summary>Whether it is a name, not a path.</summary>
    private static bool IsKnown(string data) => data is Mnist or Synthetic or DigitOrNot or DataOptions.Auto;

    /// <summary>What has a name, such as MNIST; null for a path.</summary>
    private static TrainingData? TryLoadKnown(string data, DataRequest request, TextWriter notes, CancellationToken cancellation)
    {
        if (request.Reading.Count > 0 && IsKnown(data))
        {
            throw new ArgumentException($"{request.Reading.Keys.First()}: is for files and folders of one's own, but the data is {data}; leave it out.");
        }
        switch (data)
        {
            case Mnist:
                return new TrainingData(LoadMnist(request, notes, cancellation), Mnist, NoReading, null);
            case Synthetic:
                return new TrainingData(SyntheticDigits.Load(), Synthetic, NoReading, null);
            case DigitOrNot:
                return new TrainingData(DigitsAndOthers(LoadMnist(request, notes, cancellation)), DigitOrNot, NoReading, null);
            case DataOptions.Auto:
                try
                {
                    return new TrainingData(LoadMnist(request, notes, cancellation), Mnist, NoReading, null);
                }
                catch (DownloadException exception)
                {
                    notes.WriteLine($"*** Using the built-in digits, not MNIST: {exception.Message} ***");
                    return new TrainingData(SyntheticDigits.Load(), Synthetic, NoReading, null);
                }
            default:
                return null;
        }
    }

    private static TrainAndTest DigitsAndOthers(TrainAndTest mnist)
    {
        DataSet train = mnist.Train.Append(Nabla.SyntheticDigits.Generate(DrawnTrainCount, seed: 1)), test = mnist.Test.Append(Nabla.SyntheticDigits.Generate(DrawnTestCount, seed: 2));
        return new TrainAndTest(OtherSigns.Beside(train, train.Count, seed: 3), OtherSigns.Beside(test, test.Count, seed: 4), FormattableString.Invariant($"MNIST, {DrawnTrainCount:N0} built-in digits, and as many other signs, drawn by the program"));
    }

    private static TrainAndTest LoadMnist(DataRequest request, TextWriter notes, CancellationToken cancellation)
    {
        using DownloadDisplay display = new(notes);
        return Nabla.Mnist.Load(progress: display, mapFiles: request.MapFiles, cancellation: cancellation);
    }

    /// <summary>What a training gets, and what the model remembers of it.</summary>
    /// <param name="Parts">The data.</param>
    /// <param name="Path">See <see cref="TrainingRecord.DataPath"/>.</param>
    /// <param name="Reading">See <see cref="TrainingRecord.DataReading"/>.</param>
    /// <param name="Sha256">See <see cref="TrainingRecord.DataSha256"/>.</param>
    internal sealed record TrainingData(TrainAndTest Parts, string Path, IReadOnlyDictionary<string, string> Reading, string? Sha256)
    {
        /// <summary>Completes what a trained network says of its training.</summary>
        /// <param name="network">The network.</param>
        /// <param name="data">The samples that its recipe chose.</param>
        /// <param name="test">What it reached on the test part; null where that was not measured.</param>
        public void Remember(Network network, TrainAndTest data, Evaluation? test) =>
            // A model may travel: where MNIST lay on this machine is nobody's business.
            network.Training = network.Training! with
            {
                Data = Path == Mnist ? data.Source.Replace(Parts.Source, "MNIST", StringComparison.Ordinal) : data.Source,
                DataPath = Path,
                DataReading = Reading.Count > 0 ? Reading : null,
                DataSha256 = Sha256,
                TestAccuracy = test?.Accuracy,
            };
    }

    /// <summary>What a model is tested on.</summary>
    /// <param name="Samples">The samples.</param>
    /// <param name="Source">What they are from.</param>
    /// <param name="Part">Which of that, for people.</param>
    internal sealed record TestData(DataSet Samples, string Source, string Part)
    {
        /// <summary>The same as <see cref="Source"/>, without where MNIST lies on this machine.</summary>
        public string Name { get; init; } = Source;
    }
}
