using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nabla.Cli.Display;
using Nabla.Cli.Options;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla predict</c>: lets a model read pictures.</summary>
internal sealed class PredictCommand : Command
{
    /// <summary>The verdict on a picture of more than one digit.</summary>
    private const string Several = "several";

    // One argument for both: a model before the pictures may be left out.
    private readonly Argument<string[]> _files = new("picture")
    {
        Description = $"JPEG, PNG, WebP, BMP, GIF or PGM files of any size: photographs, scans or drawings of one digit each, or pictures of what the model was trained on; or one table, for a model of tables. Before them a model, if another than '{ModelArgument.Default}' is to read them: a file that ends in .safetensors, or the folder of a run.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _explain = new("--explain")
    {
        Description = "Draw into this PNG file how the picture becomes what the model sees, step by step. For one picture.",
        HelpName = "file.png",
    };
    private readonly Option<int?> _views = ModelArgument.CreateViews();
    private readonly Option<string?> _out = new("--out") { Description = "Of a table, the file for its rows with the answers beside them; standard output if not given.", HelpName = "file" };
    private readonly Option<string?> _missing = new("--missing") { Description = "Of a table, 'drop' gives rows with missing cells no answer, where the model has not learnt what these count as; an error if not given.", HelpName = "drop" };
    private readonly Option<bool> _json = new("--json") { Description = "Print a JSON array on standard output, with the scores of every class." };

    public PredictCommand()
        : base("predict", "Let a model say what is on pictures, such as single digits, or answer the rows of a table.")
    {
        _files.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string only }] && ModelArgument.IsModel(only))
            {
                result.AddError($"found the model {only} and no picture, expected at least one after it.");
            }
        });
        Arguments.Add(_files);
        Options.Add(_explain);
        Options.Add(_views);
        Options.Add(_out);
        Options.Add(_missing);
        Options.Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        string[] files = arguments.GetRequiredValue(_files);
        bool namesModel = ModelArgument.IsModel(files[0]);
        string[] pictures = namesModel ? files[1..] : files;
        Network network = ModelArgument.Load(namesModel ? files[0] : ModelArgument.Default).FoldBatchNormalization();
        if (pictures is [string table] && TablePrediction.CanRead(table))
        {
            RefuseGiven(arguments, "for pictures, expected one or more of them and no table", _explain, _views);
            return TablePrediction.Run(network, table, DataOptions.ToFileOptions(Reading(arguments)), arguments.GetValue(_out), arguments.GetValue(_json));
        }
        RefuseGiven(arguments, "for tables, expected one table and no pictures", _out, _missing);
        string? explain = arguments.GetValue(_explain);
        if (explain is not null && pictures.Length > 1)
        {
            throw new ArgumentException($"--explain: found {pictures.Length} pictures, expected one.");
        }
        PictureReading reading = new(network, arguments.GetValue(_views) ?? 1);
        bool json = arguments.GetValue(_json);
        List<PredictionSummary> summaries = [];
        int code = ExitCode.Success;
        foreach (string path in pictures)
        {
            try
            {
                PredictionSummary summary = reading.Read(path, explain);
                summaries.Add(summary);
                if (!json)
                {
                    PlainText.Out.WriteLine(Line(network, summary));
                }
            }
            // One bad picture must not hide what the others show.
            catch (Exception exception) when (exception is MalformedFileException or IOException or UnauthorizedAccessException)
            {
                PlainText.Error.WriteLine($"nabla predict: {exception.Message.ReplaceLineEndings(" ")}");
                code = ExitCode.Failure;
            }
        }
        if (json)
        {
            PlainText.Out.WriteLine(JsonSerializer.Serialize(summaries, SummaryJson.Default.IReadOnlyListPredictionSummary));
        }
        if (explain is not null && code == ExitCode.Success)
        {
            (json ? PlainText.Error : PlainText.Out).WriteLine($"Wrote {explain}");
        }
        return code;
    }

    private static void RefuseGiven(ParseResult arguments, string reason, params ReadOnlySpan<Option> options)
    {
        if (arguments.FirstGiven(options) is Option given)
        {
            throw new ArgumentException($"{given.Name}: is {reason}; leave it out.");
        }
    }

    private Dictionary<string, string> Reading(ParseResult arguments) => arguments.GetValue(_missing) is string missing ? new() { [_missing.Name] = missing } : [];

    private static string Line(Network network, PredictionSummary summary)
    {
        if (summary.Scores.Count == 0)
        {
            return $"{summary.Image}: no digit, the picture is blank";
        }
        Prediction prediction = Prediction.FromScores([.. summary.Scores]);
        string guess = string.Create(CultureInfo.InvariantCulture,
            $"{network.NameOf(prediction.Label)}  {Score(network, prediction.Confidence)}  (then {network.NameOf(prediction.RunnerUp)}, {Score(network, prediction.RunnerUpConfidence)})");
        return summary.Verdict switch
        {
            "none" => string.Create(CultureInfo.InvariantCulture, $"{summary.Image}: no digit ({1 - summary.Digitness:0%} sure of that; if it is one, it is {network.NameOf(prediction.Label)})"),
            Several => $"{summary.Image}: several digits; '{Invocation.Name} read {Invocation.Quote(summary.Image)}' reads them one by one",
            "unsure" => $"{summary.Image}: unsure, perhaps {guess}",
            _ => $"{summary.Image}: {guess}",
        };
    }

    /// <summary>A percentage only where the outputs are probabilities.</summary>
    private static string Score(Network network, float score) =>
        score.ToString(network.Loss is SoftmaxCrossEntropyLoss ? "0.0%" : "F3", CultureInfo.InvariantCulture);

    /// <summary>How a model reads pictures: as drawings, whose ink is searched for, or as they are.</summary>
    private sealed class PictureReading
    {
        private readonly Network _network;
        private readonly DigitReader? _reader;
        private readonly TestTimeAugmentation _views;
        private readonly PictureFit _fit;

        public PictureReading(Network network, int views)
        {
            if (!PictureSample.CanBe(network.InputShape))
            {
                throw new ArgumentException($"the model takes samples of {network.InputShape}, expected images, grey or in colours; pictures cannot be turned into that.");
            }
            _network = network;
            _views = new TestTimeAugmentation(network, views);
            _reader = network.Preprocessing.HasMnistForm == true && DigitReader.CanRead(network.InputShape) ? new DigitReader(network, views) : null;
            _fit = network.Training?.DataReading is { } reading ? DataOptions.ToFileOptions(reading).Fit ?? PictureFit.Pad : PictureFit.Pad;
        }

        public PredictionSummary Read(string path, string? explain)
        {
            Picture picture = PictureFile.Read(path);
            List<ReadingStep> steps = [];
            PredictionSummary summary = _reader is null ? AsItIs(path, picture, steps) : AsDrawing(path, picture, _reader.Read(picture, steps));
            if (summary.Scores.Any(score => !float.IsFinite(score)))
            {
                throw new IOException($"{path}: the model's answer is no number (its outputs overflow), expected finite ones; train it again at a smaller --learning-rate.");
            }
            if (explain is not null)
            {
                PictureSheet.WritePng(explain, [.. steps.Select((step, i) => ($"{i + 1}. {step.Name}", step.Picture))]);
            }
            return summary;
        }

        private PredictionSummary AsDrawing(string path, Picture picture, DigitReading reading) => new()
        {
            Image = path,
            Label = reading.Prediction?.Label,
            Name = reading.Prediction is { } prediction ? _network.NameOf(prediction.Label) : null,
            Scores = reading.Scores,
            Verdict = reading.Verdict switch
            {
                ReadingVerdict.Sure => "sure",
                _ when HasSeveral(picture) => Several,
                ReadingVerdict.Unsure => "unsure",
                _ => "none",
            },
            Digitness = reading.Digitness,
            Box = reading.Found is { Box: var box } ? [box.Left, box.Top, box.Width, box.Height] : null,
        };

        private bool HasSeveral(Picture picture) => _reader!.ReadPage(picture).Sum(line => line.Count(digit => digit.Verdict == ReadingVerdict.Sure)) > 1;

        private PredictionSummary AsItIs(string path, Picture picture, List<ReadingStep> steps)
        {
            byte[] levels = PictureSample.Of(picture, _network, _fit);
            float[] values = new float[levels.Length];
            _network.Preprocessing.FromLevels(levels, values);
            float[] scores = _views.Score(new FloatFeatures(values, _network.InputShape), threads: 1);
            int label = Prediction.FromScores(scores).Label;
            steps.Add(new ReadingStep("picture", picture));
            steps.Add(new ReadingStep("as the model sees it", SamplePicture(levels)));
            return new PredictionSummary { Image = path, Label = label, Name = _network.NameOf(label), Scores = scores };
        }

        private Picture SamplePicture(byte[] levels)
        {
            (int height, int width) = (_network.InputShape[0], _network.InputShape[1]);
            return _network.InputShape is [_, _, 3]
                ? new Picture([.. levels.Chunk(3).SelectMany(colour => (byte[])[.. colour, 255])], width, height)
                : Picture.FromGrey(levels, width, height);
        }
    }
}

/// <summary>What <c>nabla predict</c> takes one picture for, for --json.</summary>
internal sealed record PredictionSummary
{
    public required string Image { get; init; }

    /// <summary>The class with the highest score, from 0; null where the picture is blank.</summary>
    public required int? Label { get; init; }

    /// <summary>Its name, or its number where it has none; null where the picture is blank.</summary>
    public required string? Name { get; init; }

    /// <summary>The score of each class, from class 0: probabilities if the model was trained with softmax cross-entropy, else its outputs; none where the picture is blank.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public required IReadOnlyList<float> Scores { get; init; }

    /// <summary>Of a drawing: <c>sure</c>, <c>unsure</c>, or <c>none</c> where there is no digit, <c>several</c> where there is more than one; null where the picture was not searched for one.</summary>
    public string? Verdict { get; init; }

    /// <summary>Of a drawing: the estimated probability that it is a digit at all; null where that is not known.</summary>
    public float? Digitness { get; init; }

    /// <summary>Where it was found: left, top, width and height in pixels; null where nothing was searched for, or found.</summary>
    public IReadOnlyList<int>? Box { get; init; }
}
