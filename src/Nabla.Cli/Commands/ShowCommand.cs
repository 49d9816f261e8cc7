using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Display;
using Nabla.Cli.Options;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla show</c>: test images with what they are and what a model takes them for.</summary>
internal sealed class ShowCommand : Command
{
    private readonly Argument<string> _model = ModelArgument.Create();
    private readonly DataOptions _data = DataOptions.CreateForModel();
    private readonly Option<int?> _count = NumberOption.CreateCount("--count", "How many images; 16 if not given.");
    private readonly Option<bool> _mistakes = new("--mistakes") { Description = "Only images that are not recognised, those first of which the model is most confident." };
    private readonly Option<string?> _out = new("--out") { Description = "Also write them into a PNG file.", HelpName = "file.png" };

    public ShowCommand()
        : base("show", "Show test images with what they are and what a model takes them for.")
    {
        Arguments.Add(_model);
        _data.AddTo(this);
        Options.Add(_count);
        Options.Add(_mistakes);
        Options.Add(_out);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        string? picture = arguments.GetValue(_out);
        if (picture is not null && !Path.GetExtension(picture).Equals(".png", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"--out: found '{picture}', expected a file that ends in .png.");
        }
        Network network = ModelArgument.Load(arguments.GetRequiredValue(_model)).FoldBatchNormalization();
        DataSet test = DataSource.LoadTest(_data.Read(arguments), network, PlainText.Error).Samples;
        if (test.Targets is not ClassLabels)
        {
            throw new ArgumentException("only images of classes can be shown, but the data has vectors of numbers as targets.");
        }
        test = network.MatchClasses(test);
        int count = arguments.GetValue(_count) ?? 16;
        bool onlyMistakes = arguments.GetValue(_mistakes);
        ShownSample[] shown = onlyMistakes ? [.. ShownSample.Mistakes(network, test).Take(count)] : ShownSample.First(network, test, count);
        if (shown.Length == 0)
        {
            PlainText.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"No mistakes in {test.Count:N0} images.{(picture is null ? "" : $" {picture} was not written.")}"));
            return ExitCode.Success;
        }
        ByteFeatures images = SampleImages.Of(test.Features.Take([.. shown.Select(sample => sample.Row)]), network.InputShape);
        (string, string)[] captions = [.. shown.Select(sample => sample.Caption(network)).Select(lines => (PlainText.Of(lines.First), PlainText.Of(lines.Second)))];
        if (picture is not null)
        {
            PredictionSheet.WritePng(picture, images, captions, [.. shown.Select(sample => sample.IsMistake)]);
        }
        ImageBlocks.Write(Console.Out, images, captions);
        if (picture is not null)
        {
            PlainText.Out.WriteLine($"Wrote {picture}");
        }
        return ExitCode.Success;
    }
}
