using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Nabla.Cli.Display;

namespace Nabla.Cli;

/// <summary>The usual help, with examples at its end.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string[]> Examples = new()
    {
        ["nabla"] =
        [
            "nabla train                                   train a digit recogniser and say how good it is",
            "nabla evaluate runs/1                         measure it again, digit by digit",
            "nabla predict runs/1 digit.png                let it read a picture",
            "nabla read page.jpg                           find and read all digits of a page",
        ],
        ["train"] =
        [
            "nabla train                                   the default network on MNIST, or on the built-in digits",
            "nabla train deep-sigmoid                      a network of a notebook, by its recipe",
            "nabla train my-recipe.json --epochs 3         a recipe of your own, shortened",
            "nabla train --hidden 300,100 --epochs 20      two dense layers, 20 epochs",
            "nabla train --data synthetic --out mymodel    needs no data at all",
            "nabla train iris.csv                          a table: its label is found, or named with --label",
            "nabla train houses.csv --target price         a regression: numbers to answer",
            "nabla train --json > summary.json             for scripts: one JSON object",
        ],
        ["evaluate"] =
        [
            "nabla evaluate runs/1",
            "nabla evaluate digits --views 9               the network that comes with nabla, nine looks at each image",
            "nabla evaluate runs/1 --plot predicted.png    a regression, drawn",
            "nabla evaluate runs/1/model.safetensors --data mnist --json",
        ],
        ["predict"] =
        [
            "nabla predict digit.png                       by the network that comes with nabla",
            "nabla predict runs/1 scans/*.pgm              by one of yours",
            "nabla predict photo.jpg --explain steps.png   draw how the digit was found in the picture",
            "nabla predict runs/1 new.csv --out answers.csv    the rows of a table, with the answers beside them",
            "nabla predict digit.png --json                the scores of every class",
        ],
        ["read"] =
        [
            "nabla read page.jpg                           all digits of a page, line by line",
            "nabla read page.jpg --out boxes.png --json    a box around each, and all that is known of it",
        ],
        ["serve"] =
        [
            "nabla serve                                   http://localhost:8080, for programs of this machine",
            "nabla serve --models models --port 9000       also the models of a folder",
            "nabla serve --bind 0.0.0.0 --token SECRET     for other machines, too",
        ],
        ["show"] =
        [
            "nabla show runs/1                             the first test images, and what they are predicted as",
            "nabla show runs/1 --mistakes --out wrong.png  the worst mistakes, also as a picture",
        ],
        ["page"] =
        [
            "nabla page --out site                         static files, to be uploaded to any web host",
            "python3 -m http.server --directory site       look at it on this machine: http://localhost:8000",
        ],
        ["plot"] =
        [
            "nabla plot runs/1                             into runs/1/plot.png and runs/1/plot.svg",
            "nabla plot runs/1 --out curves.svg",
        ],
        ["report"] =
        [
            "nabla report runs/1                           all that is known of it, into runs/1/report.html",
            "nabla report digits --out digits.html         the network that comes with nabla, measured on MNIST",
            "nabla report runs/1 --data scans --out scans.html    measured on other data",
        ],
        ["compare"] =
        [
            "nabla compare runs/1 runs/2                   figures, recipes, and whether one is better than chance",
            "nabla compare runs/* --out compared.html      also a page with curves and pictures",
            "nabla compare digits digits-small --data mnist --json",
        ],
        ["ensemble"] =
        [
            "nabla ensemble runs/1 runs/2 runs/3 --out three.safetensors",
            "nabla ensemble rates --best 5 --out five.safetensors    the best runs of a study",
            "nabla evaluate three.safetensors              measured as any other model",
        ],
        ["export"] =
        [
            "nabla export runs/1 --to onnx                  runs/1/model.onnx, for ONNX Runtime and other tools",
            "nabla export digits --out digits.onnx --input bytes --probabilities",
            "nabla export digits-small --to csharp --class MyGame.DigitReader",
            "nabla export runs/1 --to npz                   weights for NumPy",
            "nabla export runs/1 --out half.safetensors --half   a model file of half the bytes",
        ],
        ["import"] =
        [
            "nabla import model.onnx                        of PyTorch, Keras or scikit-learn: model.nabla.safetensors",
            "nabla import weights.safetensors --architecture dense --names names.json",
        ],
        ["data"] =
        [
            "nabla data                                    what is where, and whether it is right",
            "nabla data --json                             for scripts: one JSON object",
            "nabla data fetch                              download MNIST",
            "nabla data show --digit 7 --count 20          look at some sevens",
        ],
        ["data fetch"] = ["nabla data fetch"],
        ["recipes"] =
        [
            "nabla recipes",
            "nabla recipes show tanh-softmax > mine.json   copy one, change a line, then:",
            "nabla train mine.json",
        ],
        ["recipes show"] = ["nabla recipes show convolution"],
        ["recipes schema"] = ["nabla recipes schema > recipe.schema.json      then \"$schema\": \"recipe.schema.json\" in a recipe beside it"],
        ["reproduce"] =
        [
            "nabla reproduce                               all twelve networks, five seeds each, into docs/reproduction.md",
            "nabla reproduce tanh-softmax --seeds 2        one of them, quickly",
            "nabla reproduce linear --json > linear.json   for scripts: one JSON object",
            "nabla reproduce --folder /shared/notebooks    on several machines at once, or in several goes",
        ],
        ["sweep"] =
        [
            "nabla sweep rates.json                        all runs of a study, into the folder 'rates'",
            "nabla sweep rates                             the same again, to help, or to go on with it",
            "nabla sweep rates.json --out /shared/rates    on every machine that shares that folder",
            "nabla sweep rates --part 2/8                  begins with the second eighth of the runs",
        ],
        ["study"] =
        [
            "nabla study rates                             how far its runs are, while processes work on it",
            "nabla study rates --json > rates.json         the same for scripts, and the ranking when it is done",
        ],
        ["data augment"] =
        [
            "nabla data augment                            into augmented.png",
            "nabla data augment --recipe mine.json --out sheet.png --count 4",
        ],
        ["data show"] =
        [
            "nabla data show",
            "nabla data show --data synthetic --digit 4 --count 12",
            "nabla data show --count 1 --json              its values, row by row",
        ],
    };

    private const string Indent = "  ";

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        Command command = parseResult.CommandResult.Command;
        string name = command is RootCommand ? "nabla"
            : command.Parents.OfType<Command>().FirstOrDefault(parent => parent is not RootCommand) is Command parent ? $"{parent.Name} {command.Name}"
            : command.Name;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in Examples[name])
        {
            // What it does stands on a line of its own where the terminal is too narrow for both.
            foreach (string line in example.Length + Indent.Length <= (Terminal.Width ?? int.MaxValue) ? [example] : Parts(example))
            {
                output.WriteLine($"{Indent}{line}");
            }
        }
        return code;
    }

    private static string[] Parts(string example) =>
        example.Split("  ", 2, StringSplitOptions.TrimEntries) is [string command, string remark] ? [command, $"{Indent}{remark}"] : [example];
}
