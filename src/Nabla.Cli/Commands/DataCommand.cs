using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Nabla.Cli.Display;
using Nabla.Cli.Options;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla data</c>: says what data is where, and what a file or folder holds.</summary>
internal sealed class DataCommand : Command
{
    // A sheet of more is too large to be looked at.
    private const int MaxOnSheet = 100, MaxOfClass = 8;

    private readonly Argument<string?> _path = new("path")
    {
        Description = "A file or folder to look at: what it is taken for, its parts, classes and values, and what is doubtful about it; 'mnist' or 'synthetic'. If none is given: the state of MNIST's files.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly DataOptions _data = DataOptions.Create();
    private readonly Option<string?> _sheet = new("--sheet") { Description = "Also draw samples of each class, as a network sees them, into this PNG file.", HelpName = "file.png" };
    private readonly Option<bool> _json = new("--json") { Description = "Print what was found as one JSON object on standard output." };

    public DataCommand()
        : base("data", "Say what a file or folder holds; show and verify MNIST's files, download MNIST, look at samples and their augmentation.")
    {
        Arguments.Add(_path);
        _data.AddReadingTo(this);
        Options.Add(_sheet);
        Options.Add(_json);
        Subcommands.Add(new DataFetchCommand());
        Subcommands.Add(new DataShowCommand());
        Subcommands.Add(new DataAugmentCommand());
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        if (arguments.GetValue(_path) is string path)
        {
            return Inspect(path, arguments);
        }
        DataRequest request = _data.ReadOfFiles(arguments, null);
        if (arguments.GetValue(_sheet) is not null || request.Reading.Count > 0)
        {
            throw new ArgumentException($"{(request.Reading.Count > 0 ? request.Reading.First().Key : "--sheet")}: found it without a file or folder, expected one, such as '{Invocation.Name} data photos --sheet samples.png'.");
        }
        bool isSet = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NABLA_DATA"));
        DataSummary summary = DataSummary.Create();
        bool found = summary.Mnist is { Readable: true };
        if (arguments.GetValue(_json))
        {
            PlainText.Out.WriteLine(JsonSerializer.Serialize(summary, SummaryJson.Default.DataSummary));
        }
        else
        {
            Print(summary, isSet, found);
        }
        if (isSet && !found)
        {
            PlainText.Error.WriteLine($"nabla data: NABLA_DATA names no folder with four files like MNIST's; correct it, or unset it and let '{Invocation.Name} data fetch' download them.");
            return ExitCode.Failure;
        }
        return ExitCode.Success;
    }

    private int Inspect(string path, ParseResult arguments)
    {
        string? sheet = arguments.GetValue(_sheet);
        if (sheet is not null && !Path.GetExtension(sheet).Equals(".png", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"--sheet: found '{sheet}', expected a file that ends in .png.");
        }
        DataParts parts = DataSource.LoadParts(_data.ReadOfFiles(arguments, path), PlainText.Error);
        DataInspection found = DataInspection.Of(parts);
        if (sheet is not null)
        {
            Draw(sheet, parts.Train);
        }
        if (arguments.GetValue(_json))
        {
            PlainText.Out.WriteLine(JsonSerializer.Serialize(InspectionSummary.Create(found, sheet), SummaryJson.Default.InspectionSummary));
            return ExitCode.Success;
        }
        PlainText.Out.WriteLine(PlainText.Of(found.Source));
        foreach (PartInspection part in found.Parts)
        {
            PlainText.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {part.Name}: {part.Count:N0} samples of {string.Join("×", part.Shape)}, values {part.Least:0.####} to {part.Greatest:0.####}"));
        }
        PlainText.Out.WriteLine($"  {found.Scale}{(found.ConstantValues > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {found.ConstantValues:N0} of {parts.Train.Features.SampleShape.Size:N0} are the same in all samples") : "")}");
        if (found.Background != ImageBackground.Varied)
        {
            PlainText.Out.WriteLine($"  images on a plain {(found.Background == ImageBackground.Dark ? "dark" : "light")} background, in all classes");
        }
        if (found.Parts[0].Classes.Count > 0)
        {
            PrintClasses(found);
        }
        Print("Guesses:", found.Notes);
        Print("Doubts:", found.Doubts);
        if (sheet is not null)
        {
            PlainText.Out.WriteLine($"Wrote {sheet}");
        }
        return ExitCode.Success;
    }

    private static void Print(string heading, IReadOnlyList<string> lines)
    {
        if (lines.Count > 0)
        {
            PlainText.Out.WriteLine(heading);
        }
        foreach (string line in lines)
        {
            PlainText.Out.WriteLine($"  {PlainText.Of(line)}");
        }
    }

    private static void PrintClasses(DataInspection found)
    {
        PlainText.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{found.Parts[0].Classes.Count:N0} {(found.Parts[0].Classes.Count == 1 ? "class" : "classes")} ({string.Join(", ", found.Parts.Select(part => part.Name))}):"));
        int width = Math.Min(30, found.Parts[0].Classes.Max(size => size.Name.Length));
        for (int label = 0; label < found.Parts[0].Classes.Count; label++)
        {
            string counts = string.Join(' ', found.Parts.Select(part => part.Classes[label].Count.ToString("N0", CultureInfo.InvariantCulture).PadLeft(8)));
            PlainText.Out.WriteLine($"  {PlainText.Of(found.Parts[0].Classes[label].Name).PadRight(width)} {counts}");
        }
    }

    /// <summary>Some samples of each class, class by class.</summary>
    private static void Draw(string path, DataSet data)
    {
        ClassLabels? labels = data.Targets as ClassLabels;
        int ofClass = labels is null ? MaxOnSheet : Math.Clamp(MaxOnSheet / labels.Width, 1, MaxOfClass);
        int[] counts = new int[labels?.Width ?? 1];
        int[] chosen = [.. Enumerable.Range(0, data.Count).Where(row => counts[labels?.Values[row] ?? 0]++ < ofClass).OrderBy(row => labels?.Values[row] ?? 0).Take(MaxOnSheet)];
        ByteFeatures images = SampleImages.Of(data.Features.Take(chosen), data.Features.SampleShape);
        PredictionSheet.WritePng(
            path, Spread(images), [.. chosen.Select(row => (PlainText.Of(labels?.NameOf(labels.Values[row]) ?? ""), string.Create(CultureInfo.InvariantCulture, $"sample {row}")))], new bool[chosen.Length]);
    }

    /// <summary>Bytes whose full scale is less than 255 would be drawn nearly black.</summary>
    private static ByteFeatures Spread(ByteFeatures images)
    {
        float high = ValueScale.Of(images).High;
        return high is 0 or >= 100 ? images : new ByteFeatures([.. images.Values.ToArray().Select(value => (byte)Math.Min(byte.MaxValue, value * byte.MaxValue / high))], images.SampleShape);
    }

    private static void Print(DataSummary summary, bool isSet, bool found)
    {
        PlainText.Out.WriteLine(isSet
            ? "MNIST is taken from the folder that NABLA_DATA names, and from nowhere else:"
            : "MNIST is taken from the cache, since NABLA_DATA is not set:");
        if (summary.Mnist is { } mnist)
        {
            PlainText.Out.WriteLine($"  {mnist.Place}: {mnist.Folder}{(mnist.Exists ? "" : ", no such folder")}");
            foreach (DataSummary.FileSummary file in mnist.Exists ? mnist.Files : [])
            {
                string state = file.State switch
                {
                    MnistFileState.Missing => "missing",
                    MnistFileState.Verified => string.Create(CultureInfo.InvariantCulture, $"verified, {file.Bytes:N0} bytes"),
                    _ => file.Problem ?? file.State.ToString(),
                };
                PlainText.Out.WriteLine($"    {file.Name}: {state}");
            }
        }
        PlainText.Out.WriteLine("Built-in digits: always there (--data synthetic)");
        if (!isSet && !found)
        {
            PlainText.Out.WriteLine($"To download MNIST: {Invocation.Name} data fetch");
        }
        PlainText.Out.WriteLine($"To look at data of your own: {Invocation.Name} data PATH");
    }
}
