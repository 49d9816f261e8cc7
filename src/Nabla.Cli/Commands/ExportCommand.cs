using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Display;
using Nabla.Cli.Options;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla export</c>: writes a model in the format of another tool, or smaller in its own.</summary>
internal sealed class ExportCommand : Command
{
    private static readonly (string Name, string Ending)[] Formats = [("onnx", ".onnx"), ("npz", ".npz"), ("csharp", ".cs"), ("safetensors", ".safetensors")];

    private readonly Argument<string> _model = ModelArgument.Create();
    private readonly Option<string?> _to = new("--to") { Description = "The format: onnx for ONNX Runtime and most other tools, npz for NumPy, csharp for one source file that needs no library, safetensors for another model file of Nabla. If not given, what --out ends in.", HelpName = "onnx|npz|csharp|safetensors" };
    private readonly Option<string?> _out = new("--out") { Description = "The file to write; beside the model, under its name, if not given.", HelpName = "file" };
    private readonly Option<string?> _input = new("--input")
    {
        Description = "What an ONNX model takes: 'preprocessed' numbers as the network sees them, which is what it does if not given, or 'bytes' or 'floats', which it preprocesses itself.",
        HelpName = "preprocessed|bytes|floats",
    };
    private readonly Option<bool> _probabilities = new("--probabilities") { Description = "Let an ONNX model end with softmax: it puts out probabilities instead of logits." };
    private readonly Option<bool> _fold = new("--fold") { Description = "Put batch normalisation into the weights before it, in ONNX and C#: shorter and faster, but nothing to train further." };
    private readonly Option<bool> _half = new("--half") { Description = "Of a model file, write weights as the nearest 16-bit floats: half as many bytes." };

    private readonly Option<string?> _class = new("--class") { Description = "Of C# source, the name of the class, after its namespace if it is to have one: MyGame.DigitReader; the file's name if not given.", HelpName = "name" };

    public ExportCommand()
        : base("export", "Write a model for another tool: ONNX Runtime, NumPy, a C# program without Nabla; or as a smaller model file.")
    {
        _to.AcceptOnlyFromAmong([.. Formats.Select(format => format.Name)]);
        _input.AcceptOnlyFromAmong("preprocessed", "bytes", "floats");
        Arguments.Add(_model);
        Options.Add(_to);
        Options.Add(_out);
        Options.Add(_input);
        Options.Add(_probabilities);
        Options.Add(_fold);
        Options.Add(_class);
        Options.Add(_half);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        string model = arguments.GetRequiredValue(_model);
        string? file = arguments.GetValue(_out), ending = file is null ? null : Path.GetExtension(file);
        string to = arguments.GetValue(_to) ?? Formats.FirstOrDefault(format => format.Ending.Equals(ending, StringComparison.OrdinalIgnoreCase)).Name
            ?? throw new ArgumentException(file is null ? "--to: found nothing, expected a format: onnx, npz, csharp or safetensors." : $"--out: {file} does not end as a format does, expected .onnx, .npz, .cs or .safetensors, or --to.");
        file ??= DefaultFile(model, Formats.Single(format => format.Name == to).Ending);
        Refuse(arguments, to != "onnx", "for ONNX", to, _input, _probabilities);
        Refuse(arguments, to is not ("onnx" or "csharp"), "for ONNX and C#", to, _fold);
        Refuse(arguments, to != "csharp", "for C#", to, _class);
        Refuse(arguments, to != "safetensors", "for model files", to, _half);
        if (Path.GetFullPath(file) == Path.GetFullPath(ModelArgument.FileOf(model)))
        {
            throw new ArgumentException($"--out: {file} is the model itself; name another file.");
        }
        Network network = ModelArgument.Load(model);
        switch (to)
        {
            case "onnx":
                network.ExportOnnx(file, new OnnxExportOptions
                {
                    Input = arguments.GetValue(_input) is string input ? Enum.Parse<OnnxInput>(input, ignoreCase: true) : OnnxInput.Preprocessed,
                    Probabilities = arguments.GetValue(_probabilities),
                    FoldBatchNormalization = arguments.GetValue(_fold),
                });
                break;
            case "csharp":
                (arguments.GetValue(_fold) ? network.FoldBatchNormalization() : network).ExportCSharp(file, OptionsFor(arguments.GetValue(_class), file));
                break;
            case "safetensors":
                network.Save(file, halfPrecision: arguments.GetValue(_half));
                break;
            default:
                network.ExportNpz(file);
                break;
        }
        PlainText.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Saved {file}  ({new FileInfo(file).Length:N0} bytes)"));
        if (to == "onnx")
        {
            PlainText.Out.WriteLine($"It takes {TakesOf(network, arguments)}.");
        }
        return ExitCode.Success;
    }

    private static void Refuse(ParseResult arguments, bool isOther, string purpose, string to, params Option[] options)
    {
        if (isOther && arguments.FirstGiven(options) is Option given)
        {
            throw new ArgumentException($"{given.Name} is {purpose}, but the model is to become {to}; leave it out.");
        }
    }

    /// <summary>The class that was asked for, or one named after the file.</summary>
    private static CSharpOptions OptionsFor(string? name, string file)
    {
        int dot = name?.LastIndexOf('.') ?? -1;
        if (name is not null)
        {
            return new CSharpOptions { ClassName = name[(dot + 1)..], Namespace = dot < 0 ? null : name[..dot] };
        }
        string words = string.Concat(Path.GetFileNameWithoutExtension(file).Split('-', '_', ' ', '.').Where(word => word.Length > 0).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        try
        {
            return new CSharpOptions { ClassName = words };
        }
        catch (ArgumentException)
        {
            // Such as 3.cs.
            return new CSharpOptions();
        }
    }

    /// <summary>What a caller of the model has to give it, and gets.</summary>
    private string TakesOf(Network network, ParseResult arguments)
    {
        string shape = $"[batch, {string.Join(", ", network.InputShape)}]";
        string input = arguments.GetValue(_input) switch
        {
            "bytes" => $"'input', bytes {shape}",
            "floats" => $"'input', floats {shape}, as they were trained on",
            _ => $"'input', floats {shape}, preprocessed{(Steps(network.Preprocessing) is { Length: > 0 } steps ? $": {steps}" : "")}",
        };
        string output = arguments.GetValue(_probabilities) ? "'probabilities'" : network.Loss is SoftmaxCrossEntropyLoss ? "'logits'" : "'output'";
        return $"{input}; it gives {output} [batch, {string.Join(", ", network.OutputShape)}]";
    }

    private static string Steps(Preprocessing preprocessing) => string.Join(", ", new[]
    {
        preprocessing.FloatDivisor is float divisor ? string.Create(CultureInfo.InvariantCulture, $"divided by {divisor}") : string.Create(CultureInfo.InvariantCulture, $"bytes divided by {preprocessing.ByteDivisor}"),
        preprocessing.Standardization is null ? null : "standardised (metadata nabla.preprocessing)",
    }.OfType<string>());

    private static string DefaultFile(string model, string ending) =>
        Directory.Exists(model) ? Path.Combine(model, Path.ChangeExtension(RunFolder.ModelName, ending)) : Path.ChangeExtension(model, ending);
}
