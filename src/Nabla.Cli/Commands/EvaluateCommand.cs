using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Nabla.Cli.Display;
using Nabla.Cli.Options;
using Nabla.Cli.Plotting;
using Nabla.Cli.Reports;
using Nabla.IO;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla evaluate</c>: measures a model on test images.</summary>
internal sealed class EvaluateCommand : Command
{
    private const int ConfusedPairsShown = 5;
    private const int WidthOfFigures = 40;

    private readonly Argument<string> _model = ModelArgument.Create();
    private readonly DataOptions _data = DataOptions.CreateForModel();
    private readonly Option<int?> _views = ModelArgument.CreateViews();
    private readonly Option<string?> _calibration = new("--calibration")
    {
        Description = "Draw into this PNG file how often the model is right over how sure it is, before and after its temperature was fitted.",
        HelpName = "file",
    };
    private readonly Option<string?> _plot = new("--plot")
    {
        Description = "Draw into this PNG file what a regression answers over what is true.",
        HelpName = "file",
    };
    private readonly Option<bool> _json = new("--json") { Description = "Print everything as one JSON object on standard output." };

    public EvaluateCommand()
        : base("evaluate", "Measure a model on test images: overall, digit by digit, and what it confuses.")
    {
        Arguments.Add(_model);
        _data.AddTo(this);
        Options.Add(_views);
        Options.Add(_calibration);
        Options.Add(_plot);
        Options.Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        bool json = arguments.GetValue(_json);
        TextWriter notes = json ? PlainText.Error : PlainText.Out;
        string path = arguments.GetRequiredValue(_model);
        Network saved = ModelArgument.Load(path), network = saved.FoldBatchNormalization();
        DataSource.TestData data = DataSource.LoadTest(_data.Read(arguments), network, notes);
        int views = arguments.GetValue(_views) ?? 1;
        Evaluation evaluation = views == 1 ? network.Evaluate(data.Samples) : new TestTimeAugmentation(network, views).Evaluate(data.Samples);
        (Calibration Before, Calibration After)? calibration = views == 1 && network.Loss is SoftmaxCrossEntropyLoss ? Measurement.Calibrations(network, data.Samples) : null;
        string? picture = arguments.GetValue(_calibration);
        if (picture is not null)
        {
            (Calibration before, Calibration after) = calibration ?? throw new ArgumentException(
                views > 1 ? "--calibration: found --views beside it, expected one of them; a temperature is fitted for one look at an image." : $"--calibration: the scores of {path} are no probabilities (its loss is {network.Loss?.ToString() ?? "not known"}), expected a model trained with softmax cross-entropy.");
            byte[] png = CalibrationPlot.Png($"{data.Source}, {data.Samples.Count:N0} images", before, after, network.Temperature);
            AtomicFile.Write(picture, stream => stream.Write(png));
        }
        string? plot = arguments.GetValue(_plot);
        if (plot is not null)
        {
            byte[] png = evaluation.Regression is { } figures && data.Samples.Targets is TargetVectors { Width: 1 } numbers
                ? RegressionPlot.Png($"{data.Source}, {data.Samples.Count:N0} rows", network.Schema?.AnswerName, figures, numbers.Values, network.Score(data.Samples.Features))
                : throw new ArgumentException($"--plot: {path} answers classes, expected a regression; --calibration draws how sure it is.");
            AtomicFile.Write(plot, stream => stream.Write(png));
        }
        if (json)
        {
            EvaluationSummary summary = EvaluationSummary.Create(path, data, network, evaluation, calibration?.After);
            PlainText.Out.WriteLine(JsonSerializer.Serialize(summary, SummaryJson.Default.EvaluationSummary));
            return ExitCode.Success;
        }
        notes.WriteLine($"Model: {path}{(network.Training?.Data is string source ? $", trained on {PlainText.Of(source)}" : "")}");
        notes.WriteLine(saved);
        notes.WriteLine($"Data: {data.Source}; {data.Part}");
        notes.WriteLine(views == 1 ? evaluation : $"{evaluation}, the average over {views} views");
        if (calibration is (Calibration raw, Calibration fitted))
        {
            notes.WriteLine(network.Temperature == 1 ? fitted.ToString() : string.Create(CultureInfo.InvariantCulture, $"{fitted} with the model's temperature of {network.Temperature}, {raw.ExpectedError:0.00%} without"));
        }
        if (picture is not null)
        {
            notes.WriteLine($"Wrote {picture}");
        }
        if (plot is not null)
        {
            notes.WriteLine($"Wrote {plot}");
        }
        if (evaluation.Confusion is not { } confusion)
        {
            return ExitCode.Success;
        }
        if (confusion.Support(confusion.CommonestClass) == evaluation.Samples)
        {
            notes.WriteLine(EvaluationSummary.OneClassRemark);
        }
        Terminal.Write(ClassTable(network, confusion), "The table of the classes");
        Terminal.Write(ConfusionTable(confusion), "The confusion matrix", "Confusion matrix (rows: actual, columns: predicted)");
        notes.WriteLine(evaluation.Correct == evaluation.Samples ? "No class was predicted as another." : "Most confused:");
        foreach ((int actual, int predicted, int count) in confusion.MostConfused(ConfusedPairsShown))
        {
            notes.WriteLine($"  {network.NameOf(actual)} predicted as {network.NameOf(predicted)}: {count} {(count == 1 ? "time" : "times")}");
        }
        return ExitCode.Success;
    }

    private static Table ClassTable(Network network, ConfusionMatrix confusion)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("class", "images", "precision", "recall", "F1");
        RightAlign(table);
        for (int label = 0; label < confusion.ClassCount; label++)
        {
            table.AddRow(Markup.Escape(Caption(network, label)), Text(confusion.Support(label)), Percent(confusion.Precision(label)), Percent(confusion.Recall(label)), Percent(confusion.F1(label)));
        }
        return table;
    }

    private static Table ConfusionTable(ConfusionMatrix confusion)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("");
        for (int predicted = 0; predicted < confusion.ClassCount; predicted++)
        {
            table.AddColumn(Text(predicted));
        }
        RightAlign(table);
        for (int actual = 0; actual < confusion.ClassCount; actual++)
        {
            string[] counts = [.. Enumerable.Range(0, confusion.ClassCount).Select(predicted =>
                confusion[actual, predicted] == 0 ? "·" : Text(confusion[actual, predicted]))];
            table.AddRow([Text(actual), .. counts]);
        }
        return table;
    }

    private static void RightAlign(Table table)
    {
        foreach (TableColumn column in table.Columns)
        {
            column.RightAligned().NoWrap().PadLeft(0).PadRight(1);
        }
    }

    /// <summary>The number of a class, which the confusion table has, and its name where it has another: as much of that as leaves room for the figures.</summary>
    private static string Caption(Network network, int label)
    {
        string caption = network.NameOf(label) == Text(label) ? Text(label) : $"{Text(label)} {PlainText.Of(network.NameOf(label))}";
        int room = Math.Max(8, (Terminal.Width ?? int.MaxValue) - WidthOfFigures);
        return caption.Length <= room ? caption : $"{caption[..(room - 1)]}…";
    }

    private static string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("0.00%", CultureInfo.InvariantCulture);
}
