using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nabla.Cli.Display;
using Nabla.IO;

namespace Nabla.Cli.Commands;

/// <summary>The half of <c>nabla predict</c> that answers the rows of a table.</summary>
internal static class TablePrediction
{
    private const string AnswerColumn = "prediction";
    private const string ConfidenceColumn = "confidence";

    /// <summary>Whether a file is a table, by its contents.</summary>
    public static bool CanRead(string path) => File.Exists(path) && TableRows.AreIn(path);

    /// <summary>Answers every row of a table.</summary>
    /// <param name="network">The model.</param>
    /// <param name="path">The table.</param>
    /// <param name="options">How it is to be read, without the model's columns.</param>
    /// <param name="output">The file for the rows with the answers beside them; null for standard output.</param>
    /// <param name="json">Whether one JSON array goes there instead.</param>
    public static int Run(Network network, string path, DataFileOptions options, string? output, bool json)
    {
        TableRows table = TableRows.Read(path, options with { Schema = network.Schema });
        foreach (string note in table.Notes)
        {
            PlainText.Error.WriteLine(PlainText.Of(note));
        }
        if (table.Features.SampleShape.Size != network.InputShape.Size)
        {
            throw new ArgumentException($"{path}: has rows of {table.Features.SampleShape.Size} values, but the model takes samples of {network.InputShape}; give a table of such rows, as the model learnt from.");
        }
        float[] scores = network.Score(InUnitsOf(network, table.Features, path));
        int width = network.OutputShape.Size;
        if (Array.FindIndex(scores, score => !float.IsFinite(score)) is >= 0 and int wrong)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{path}: the model's answer for row {table.Rows[wrong / width] + 1} is no number (its outputs overflow), expected finite ones; train it again at a smaller --learning-rate."));
        }
        bool isRegression = IsRegression(network);
        Prediction[] predictions = [.. Enumerable.Range(0, table.Rows.Count).Select(sample => Prediction.FromScores(scores.AsSpan(sample * width, width)))];
        Write(output, writer =>
        {
            if (json)
            {
                IReadOnlyList<RowSummary> summaries =
                [
                    .. predictions.Select((prediction, sample) => isRegression
                        ? new RowSummary { Row = table.Rows[sample] + 1, Value = scores[sample] }
                        : new RowSummary { Row = table.Rows[sample] + 1, Label = prediction.Label, Name = network.NameOf(prediction.Label), Scores = scores[(sample * width)..((sample + 1) * width)] }),
                ];
                writer.Write(JsonSerializer.Serialize(summaries, SummaryJson.Default.IReadOnlyListRowSummary));
                writer.Write('\n');
                return;
            }
            table.Write(
                writer, isRegression ? [AnswerColumn] : [AnswerColumn, ConfidenceColumn],
                [
                    .. predictions.Select((prediction, sample) => (IReadOnlyList<string>)(isRegression
                        ? [table.Format(scores[sample], "G7")]
                        : [network.NameOf(prediction.Label), table.Format(prediction.Confidence, "F4")])),
                ]);
        });
        if (table.Rows.Count < table.Count)
        {
            PlainText.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{table.Count - table.Rows.Count:N0} of {table.Count:N0} rows have missing cells and no answer."));
        }
        if (output is not null)
        {
            PlainText.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Wrote {output}: {table.Rows.Count:N0} {(table.Rows.Count == 1 ? "answer" : "answers")}"));
        }
        return ExitCode.Success;
    }

    /// <summary>The rows as the model takes them. Columns of its own table are in its units; pixels may be of another range, such as 0 to 1 for a model of bytes.</summary>
    private static Features InUnitsOf(Network network, Features features, string path)
    {
        if (network.Schema is not null)
        {
            return features;
        }
        try
        {
            (Features matched, string? note) = network.Preprocessing.Match(features);
            if (note is not null)
            {
                PlainText.Error.WriteLine($"{path}: {note}.");
            }
            return matched;
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Whether a model answers numbers, not classes.</summary>
    public static bool IsRegression(Network network) => network.OutputShape.Size == 1 && network.Loss is not SoftmaxCrossEntropyLoss;

    private static void Write(string? output, Action<TextWriter> write)
    {
        if (output is null)
        {
            write(PlainText.Out);
            return;
        }
        AtomicFile.Write(output, stream =>
        {
            using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            write(writer);
        });
    }
}

/// <summary>What <c>nabla predict</c> answers for one row of a table, for --json.</summary>
internal sealed record RowSummary
{
    /// <summary>The row, from 1, without the header.</summary>
    public required int Row { get; init; }

    /// <summary>The number that a regression answers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Value { get; init; }

    /// <summary>The class with the highest score, from 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Label { get; init; }

    /// <summary>Its name, or its number where it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>The score of each class, from class 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float>? Scores { get; init; }
}
