using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nabla.Cli.Display;
using Nabla.Cli.Options;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla predict</c>: lets a model read pictures of digits.</summary>
internal sealed class PredictCommand : Command
{
    // One argument for both: a model before the pictures may be left out.
    private readonly Argument<string[]> _files = new("image")
    {
        Description = $"PNG or PGM files of the size that the model takes, 28×28 for MNIST; dark on light or light on dark; or one table, for a model of tables. Before them a model, if another than '{ModelArgument.Default}' is to read them: a file that ends in .safetensors, or the folder of a run.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int?> _views = ModelArgument.CreateViews();
    private readonly Option<string?> _out = new("--out") { Description = "Of a table, the file for its rows with the answers beside them; standard output if not given.", HelpName = "file" };
    private readonly Option<string?> _missing = new("--missing") { Description = "Of a table, 'drop' gives rows with missing cells no answer, where the model has not learnt what these count as; an error if not given.", HelpName = "drop" };
    private readonly Option<bool> _json = new("--json") { Description = "Print a JSON array on standard output, with the scores of every class." };

    public PredictCommand()
        : base("predict", "Let a model read pictures of single digits.")
    {
        _files.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string only }] && ModelArgument.IsModel(only))
            {
                result.AddError($"found the model {only} and no image, expected at least one after it.");
            }
        });
        Arguments.Add(_files);
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
        string[] images = namesModel ? files[1..] : files;
        Network network = ModelArgument.Load(namesModel ? files[0] : ModelArgument.Default).FoldBatchNormalization();
        if (images is [string table] && TablePrediction.CanRead(table))
        {
            if (arguments.GetValue(_views) is not null)
            {
                throw new ArgumentException($"--views: is for pictures, and {table} is a table; leave it out.");
            }
            return TablePrediction.Run(network, table, DataOptions.ToFileOptions(Reading(arguments)), arguments.GetValue(_out), arguments.GetValue(_json));
        }
        if ((arguments.GetValue(_out) is not null ? "--out" : arguments.GetValue(_missing) is not null ? "--missing" : null) is string option)
        {
            throw new ArgumentException($"{option}: is for tables, expected one table and no pictures; leave it out.");
        }
        Shape input = network.InputShape;
        if (input.Count < 2 || (input.Count > 2 && input[2] != 1))
        {
            throw new ArgumentException($"the model takes samples of {input}, expected grey images; pictures cannot be turned into that.");
        }
        TestTimeAugmentation viewed = new(network, arguments.GetValue(_views) ?? 1);
        bool json = arguments.GetValue(_json);
        List<PredictionSummary> summaries = [];
        int code = ExitCode.Success;
        foreach (string path in images)
        {
            try
            {
                float[] scores = viewed.Score(new ByteFeatures(DigitImage.Read(path, input[0], input[1]), input), threads: 1);
                if (!Array.TrueForAll(scores, float.IsFinite))
                {
                    throw new IOException($"{path}: the model's answer is no number (its outputs overflow), expected finite ones; train it again at a smaller --learning-rate.");
                }
                Prediction prediction = Prediction.FromScores(scores);
                if (json)
                {
                    summaries.Add(new PredictionSummary { Image = path, Label = prediction.Label, Name = network.NameOf(prediction.Label), Scores = scores });
                }
                else
                {
                    PlainText.Out.WriteLine(Line(network, path, prediction));
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
        return code;
    }

    private Dictionary<string, string> Reading(ParseResult arguments) => arguments.GetValue(_missing) is string missing ? new() { [_missing.Name] = missing } : [];

    private static string Line(Network network, string path, Prediction prediction) => string.Create(
        CultureInfo.InvariantCulture,
        $"{path}: {network.NameOf(prediction.Label)}  {Score(network, prediction.Confidence)}  (then {network.NameOf(prediction.RunnerUp)}, {Score(network, prediction.RunnerUpConfidence)})");

    /// <summary>A percentage only where the outputs are probabilities.</summary>
    private static string Score(Network network, float score) =>
        score.ToString(network.Loss is SoftmaxCrossEntropyLoss ? "0.0%" : "F3", CultureInfo.InvariantCulture);
}

/// <summary>What <c>nabla predict</c> takes one picture for, for --json.</summary>
internal sealed record PredictionSummary
{
    public required string Image { get; init; }

    /// <summary>The class with the highest score, from 0.</summary>
    public required int Label { get; init; }

    /// <summary>Its name, or its number where it has none.</summary>
    public required string Name { get; init; }

    /// <summary>The score of each class, from class 0: probabilities if the model was trained with softmax cross-entropy, else its outputs.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public required IReadOnlyList<float> Scores { get; init; }
}
