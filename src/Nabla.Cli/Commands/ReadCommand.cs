using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nabla.Cli.Display;
using Nabla.Cli.Options;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla read</c>: finds and reads all digits of a picture.</summary>
internal sealed class ReadCommand : Command
{
    private readonly Argument<string[]> _files = new("picture")
    {
        Description = $"A JPEG, PNG, WebP, BMP, GIF or PGM file of a page with digits. Before it a model, if another than '{ModelArgument.Default}' is to read them: a file that ends in .safetensors, or the folder of a run.",
        Arity = new ArgumentArity(1, 2),
    };

    private readonly Option<string?> _out = new("--out") { Description = "Draw the picture with a box around each digit into this PNG file.", HelpName = "file.png" };
    private readonly Option<bool> _json = new("--json") { Description = "Print a JSON object on standard output, with positions and the scores of every class." };

    public ReadCommand()
        : base("read", "Find the digits of a page, a photograph or a scan, and read them line by line.")
    {
        Arguments.Add(_files);
        Options.Add(_out);
        Options.Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        string[] files = arguments.GetRequiredValue(_files);
        if (files.Length > 1 && !ModelArgument.IsModel(files[0]))
        {
            throw new ArgumentException($"found {files[0]} and {files[1]}, expected one picture, or a model and a picture.");
        }
        Network network = ModelArgument.Load(files.Length > 1 ? files[0] : ModelArgument.Default).FoldBatchNormalization();
        string path = files[^1];
        if (!DigitReader.CanRead(network.InputShape))
        {
            throw new ArgumentException($"the model takes samples of {network.InputShape}, expected 28×28 grey levels; digits of a page cannot be turned into that.");
        }
        Picture picture = PictureFile.Read(path);
        DigitReader reader = new(network);
        IReadOnlyList<IReadOnlyList<DigitReading>> lines = reader.ReadPage(picture);
        // A line without one digit is none: lines of text, a drawing.
        DigitReading[][] read = [.. lines.Select(line => line.Where(reading => reading.Verdict != ReadingVerdict.NoDigit).ToArray()).Where(line => line.Length > 0)];
        int others = lines.Sum(line => line.Count) - read.Sum(line => line.Length);

        if (arguments.GetValue(_json))
        {
            PlainText.Out.WriteLine(JsonSerializer.Serialize(Summary(network, reader, path, read, others), SummaryJson.Default.PageSummary));
        }
        else
        {
            Print(network, reader, path, read, others);
        }
        if (arguments.GetValue(_out) is string picturePath)
        {
            BoxedPicture.WritePng(picturePath, picture, [.. read.SelectMany(line => line).Select(reading => new PictureMark(reading.Found!.Box, network.NameOf(reading.Prediction!.Value.Label), reading.Verdict == ReadingVerdict.Sure))]);
            (arguments.GetValue(_json) ? PlainText.Error : PlainText.Out).WriteLine($"Wrote {picturePath}");
        }
        return ExitCode.Success;
    }

    private static void Print(Network network, DigitReader reader, string path, DigitReading[][] lines, int others)
    {
        string left = others == 0 ? "" : $"; {Counted(others, "piece of ink is", "pieces of ink are")} no digit and left out";
        if (lines.Length == 0)
        {
            PlainText.Out.WriteLine($"{path}: no digit{left}");
            return;
        }
        PlainText.Out.WriteLine($"{path}: {Counted(lines.Sum(line => line.Length), "digit", "digits")} in {Counted(lines.Length, "line", "lines")}{left}");
        foreach (DigitReading[] line in lines)
        {
            PictureBox first = line[0].Found!.Box;
            string sure = string.Join(" ", line.Select(reading => string.Create(CultureInfo.InvariantCulture,
                $"{network.NameOf(reading.Prediction!.Value.Label)}{(reading.Verdict == ReadingVerdict.Unsure ? "?" : "")} {reading.Prediction.Value.Confidence:0%}")));
            PlainText.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {reader.TextOf(line)}  at {first.Left},{first.Top}  ({sure})"));
        }
    }

    private static PageSummary Summary(Network network, DigitReader reader, string path, DigitReading[][] lines, int others) => new(path,
        [.. lines.Select(line => new PageSummary.Line(reader.TextOf(line), [.. line.Select(reading => new PageSummary.Digit(
            network.NameOf(reading.Prediction!.Value.Label), reading.Prediction.Value.Confidence, reading.Verdict == ReadingVerdict.Sure,
            reading.Found!.Box.Left, reading.Found.Box.Top, reading.Found.Box.Width, reading.Found.Box.Height, reading.Scores))]))], others);

    private static string Counted(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");
}

/// <summary>What <c>nabla read</c> found on a page, for --json.</summary>
/// <param name="Picture">The file.</param>
/// <param name="Lines">From the top down.</param>
/// <param name="Others">Pieces of ink that are no digits.</param>
internal sealed record PageSummary(string Picture, IReadOnlyList<PageSummary.Line> Lines, int Others)
{
    /// <summary>A line.</summary>
    /// <param name="Text">Its digits, with a space where there is a wide gap.</param>
    /// <param name="Digits">From left to right.</param>
    internal sealed record Line(string Text, IReadOnlyList<Digit> Digits);

    /// <summary>A digit.</summary>
    /// <param name="Name">The class with the highest score.</param>
    /// <param name="Confidence">That score.</param>
    /// <param name="IsSure">Whether it surely is a digit, and that one.</param>
    /// <param name="Left">The first column of the picture that it takes.</param>
    /// <param name="Top">The first row.</param>
    /// <param name="Width">Columns.</param>
    /// <param name="Height">Rows.</param>
    /// <param name="Scores">The score of each class, from class 0.</param>
    internal sealed record Digit(
        string Name, float Confidence, bool IsSure, int Left, int Top, int Width, int Height,
        [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] IReadOnlyList<float> Scores);
}
