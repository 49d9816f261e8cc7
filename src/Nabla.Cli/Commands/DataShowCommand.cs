using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nabla.Cli.Display;
using Nabla.Cli.Options;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla data show</c>: prints images in the terminal.</summary>
internal sealed class DataShowCommand : Command
{
    private readonly DataOptions _data = DataOptions.Create();
    private readonly Option<int?> _digit = NumberOption.Create<int>("--digit", "Only images of this digit, or class of that number.", "a whole number, 0 or more", value => value >= 0);
    private readonly Option<int?> _count = NumberOption.CreateCount("--count", "How many images, from the first training image on; 10 if not given.");
    private readonly Option<bool> _json = new("--json") { Description = "Print a JSON array on standard output, with the values of each image." };

    public DataShowCommand()
        : base("show", "Print training images in the terminal.")
    {
        _data.AddTo(this);
        Options.Add(_digit);
        Options.Add(_count);
        Options.Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        DataSet train = DataSource.Load(_data.Read(arguments), PlainText.Error).Train;
        ClassLabels labels = train.Targets as ClassLabels ?? throw new ArgumentException("only images of classes can be shown, but the data has numbers as targets.");
        int? digit = arguments.GetValue(_digit);
        List<int> chosen = [];
        for (int i = 0; i < train.Count && chosen.Count < (arguments.GetValue(_count) ?? 10); i++)
        {
            if (digit is null || labels.Values[i] == digit)
            {
                chosen.Add(i);
            }
        }
        if (chosen.Count == 0)
        {
            throw new ArgumentException($"--digit: found {digit}, but no training image is of that class, of 0 to {labels.Width - 1}; name another.");
        }
        if (arguments.GetValue(_json))
        {
            IReadOnlyList<SampleSummary> summaries = [.. chosen.Select(row => Summary(train.Features, labels, row))];
            PlainText.Out.WriteLine(JsonSerializer.Serialize(summaries, SummaryJson.Default.IReadOnlyListSampleSummary));
            return ExitCode.Success;
        }
        Features features = train.Features.Take([.. chosen]);
        ImageBlocks.Write(Console.Out, SampleImages.Of(features, features.SampleShape), [.. chosen.Select(row => (Caption(labels, row), ""))]);
        return ExitCode.Success;
    }

    private static SampleSummary Summary(Features features, ClassLabels labels, int row)
    {
        float[] values = new float[features.SampleShape.Size];
        features.CopyRow(row, byteDivisor: 1, values);
        int label = labels.Values[row];
        return new SampleSummary(row, label, labels.NameOf(label), features.SampleShape, values);
    }

    private static string Caption(ClassLabels labels, int row) => string.Create(CultureInfo.InvariantCulture, $"{PlainText.Of(labels.NameOf(labels.Values[row]))} (image {row})");
}

/// <summary>A sample that <c>nabla data show</c> prints, for --json.</summary>
/// <param name="Image">Its number among the training samples, from 0.</param>
/// <param name="Label">Its class, from 0.</param>
/// <param name="Name">The name of its class, or its number where it has none.</param>
/// <param name="Shape">Height and width of an image, and channels where it has some.</param>
/// <param name="Values">Its values, row by row: those of the file.</param>
internal sealed record SampleSummary(
    int Image, int Label, string Name, IReadOnlyList<int> Shape, [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] IReadOnlyList<float> Values);
