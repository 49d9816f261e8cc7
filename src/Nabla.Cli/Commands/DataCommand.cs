using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Nabla.Cli.Display;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla data</c>: says what data is where.</summary>
internal sealed class DataCommand : Command
{
    private readonly Option<bool> _json = new("--json") { Description = "Print the state of MNIST's files as one JSON object on standard output." };

    public DataCommand()
        : base("data", "Show and verify data files, download MNIST, look at samples and their augmentation.")
    {
        Options.Add(_json);
        Subcommands.Add(new DataFetchCommand());
        Subcommands.Add(new DataShowCommand());
        Subcommands.Add(new DataAugmentCommand());
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
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
    }
}
