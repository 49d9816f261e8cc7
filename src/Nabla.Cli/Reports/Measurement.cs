namespace Nabla.Cli.Reports;

/// <summary>How good a network is on test data: the figures of <c>nabla evaluate</c>, and the answer for each sample.</summary>
/// <param name="Network">The network, as it was measured.</param>
/// <param name="Data">What it was measured on, with the network's numbers of classes.</param>
/// <param name="Evaluation">The figures.</param>
internal sealed record Measurement(Network Network, DataSource.TestData Data, Evaluation Evaluation)
{
    /// <summary>How far its confidence is from how often it is right, without its temperature and with it; null where its scores are no probabilities.</summary>
    public (Calibration Before, Calibration After)? Calibration { get; private init; }

    /// <summary>Each sample with what it is and what the network takes it for; empty where there are no classes.</summary>
    public IReadOnlyList<ShownSample> Samples { get; private init; } = [];

    /// <summary>The numbers that it answers, [samples, outputs]; empty where there are classes.</summary>
    public IReadOnlyList<float> Answers { get; private init; } = [];

    /// <summary>The numbers that are right; null where there are classes.</summary>
    public TargetVectors? Truth => Data.Samples.Targets as TargetVectors;

    /// <summary>Whether samples can be shown as pictures.</summary>
    public bool HasPictures => Network.Schema is null && (PictureSample.CanBe(Data.Samples.Features.SampleShape) || PictureSample.CanBe(Network.InputShape));

    /// <summary>What a sample is called.</summary>
    public string Unit => HasPictures ? "image" : Network.Schema is not null ? "row" : "sample";

    /// <summary>The heading of a column of so many of them: <c>Images</c>.</summary>
    public static string Heading(string unit) => $"{char.ToUpperInvariant(unit[0])}{unit[1..]}s";

    /// <summary>The heading of a column of their numbers: <c>Test image</c>.</summary>
    public string PlaceHeading => $"Test {Unit}";

    /// <summary>Measures a network.</summary>
    /// <param name="saved">The network, as it was saved.</param>
    /// <param name="data">What to measure it on: all of it.</param>
    /// <exception cref="ArgumentException">The data does not fit the network.</exception>
    public static Measurement Of(Network saved, DataSource.TestData data)
    {
        Network network = saved.FoldBatchNormalization();
        data = data with { Samples = network.MatchClasses(data.Samples) };
        bool hasClasses = data.Samples.Targets is ClassLabels;
        return new Measurement(network, data, network.Evaluate(data.Samples))
        {
            Calibration = hasClasses && network.Loss is SoftmaxCrossEntropyLoss ? Calibrations(network, data.Samples) : null,
            Samples = hasClasses ? ShownSample.All(network, data.Samples) : [],
            Answers = hasClasses ? [] : network.Score(data.Samples.Features),
        };
    }

    /// <summary>How far confidence is from how often a network is right, at temperature 1 and at its own.</summary>
    public static (Calibration Before, Calibration After) Calibrations(Network network, DataSet data)
    {
        double temperature = network.Temperature;
        Calibration after = network.MeasureCalibration(data);
        if (temperature == 1)
        {
            return (after, after);
        }
        network.Temperature = 1;
        Calibration before = network.MeasureCalibration(data);
        network.Temperature = temperature;
        return (before, after);
    }
}
