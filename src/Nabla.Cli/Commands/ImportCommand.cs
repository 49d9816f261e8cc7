using System.CommandLine;
using System.Text.Json;
using Nabla.Cli.Display;
using Nabla.Cli.Options;
using Nabla.IO;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla import</c>: reads a model, or weights, of another tool.</summary>
internal sealed class ImportCommand : Command
{
    private readonly Argument<string> _file = new("file") { Description = "An ONNX model; or weights alone, a .safetensors file of PyTorch or Keras or an .npz archive, for the layers of --architecture." };
    private readonly Option<string?> _out = new("--out") { Description = "The model file to write; beside the file, ending in .nabla.safetensors, if not given.", HelpName = "file" };
    private readonly Option<string?> _output = new("--output") { Description = "Of an ONNX model of several outputs, the name of the one to take.", HelpName = "name" };
    private readonly Option<string?> _architecture = new("--architecture") { Description = "What network the weights are of: the name or file of a recipe, or a model.", HelpName = "recipe|model" };
    private readonly Option<string?> _names = new("--names") { Description = "A JSON file that says what the weights' file calls which layer: { \"dense1\": \"fc1\" }.", HelpName = "file.json" };
    private readonly Option<string?> _layout = new("--layout") { Description = "How the weights are laid out; seen by their shapes if not given.", HelpName = "pytorch|keras" };

    public ImportCommand()
        : base("import", "Read a model of another tool: an ONNX model, or weights of PyTorch or Keras.")
    {
        _layout.AcceptOnlyFromAmong("pytorch", "keras");
        Arguments.Add(_file);
        Options.Add(_out);
        Options.Add(_output);
        Options.Add(_architecture);
        Options.Add(_names);
        Options.Add(_layout);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        string file = arguments.GetRequiredValue(_file), @out = arguments.GetValue(_out) ?? Path.ChangeExtension(file, ".nabla.safetensors");
        bool isOnnx = Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".onnx" => true,
            ".safetensors" or ".npz" => false,
            string other => throw new ArgumentException($"{file}: found a file that ends in '{other}', expected .onnx, .safetensors or .npz."),
        };
        if (Path.GetFullPath(file) == Path.GetFullPath(@out))
        {
            throw new ArgumentException($"--out: {@out} is the file to import; name another.");
        }
        Option[] foreign = isOnnx ? [_architecture, _names, _layout] : [_output];
        if (arguments.FirstGiven(foreign) is Option given)
        {
            throw new ArgumentException($"{given.Name} is for {(isOnnx ? "weights alone" : "ONNX models")}, but {file} is {(isOnnx ? "an ONNX model" : "none")}; leave it out.");
        }
        Network network = isOnnx ? Network.ImportOnnx(file, arguments.GetValue(_output)) : ReadWeights(file, arguments);
        network.Save(@out);
        PlainText.Out.WriteLine(network);
        PlainText.Out.WriteLine($"Saved {@out}");
        PlainText.Out.WriteLine($"Next: {Invocation.Name} evaluate {Invocation.Quote(@out)}");
        return ExitCode.Success;
    }

    private Network ReadWeights(string file, ParseResult arguments)
    {
        string architecture = arguments.GetValue(_architecture)
            ?? throw new ArgumentException($"--architecture: found nothing, expected a recipe or a model of the same layers; {file} has weights alone.");
        Network network = File.Exists(architecture) && !Path.GetExtension(architecture).Equals(".json", StringComparison.OrdinalIgnoreCase) || Directory.Exists(architecture)
            ? ModelArgument.Load(architecture)
            : TrainCommand.ReadRecipe(architecture).CreateNetwork();
        // Neither what the model of that architecture had learnt nor how well is true of these weights.
        network.Training = null;
        network.Temperature = 1;
        network.LoadWeights(file, ReadNames(arguments.GetValue(_names)), arguments.GetValue(_layout) is string layout ? Enum.Parse<WeightLayout>(layout, ignoreCase: true) : null);
        return network;
    }

    private static Dictionary<string, string>? ReadNames(string? path)
    {
        if (path is null)
        {
            return null;
        }
        using FileStream stream = InputFile.Open(path);
        try
        {
            using JsonDocument document = JsonDocument.Parse(stream);
            return document.RootElement.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetString() ?? throw new InvalidOperationException());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new MalformedFileException(path, "is no JSON object from names to names, expected one such as { \"dense1\": \"fc1\" }.", -1, exception);
        }
    }
}
