using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Display;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla data</c>: says what data is where.</summary>
internal sealed class DataCommand : Command
{
    public DataCommand()
        : base("data", "Show and verify data files, download MNIST, look at samples.")
    {
        Subcommands.Add(new DataFetchCommand());
        Subcommands.Add(new DataShowCommand());
        SetAction(_ => Run());
    }

    private static int Run()
    {
        bool isSet = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NABLA_DATA"));
        PlainText.Out.WriteLine(isSet
            ? "MNIST is taken from the folder that NABLA_DATA names, and from nowhere else:"
            : "MNIST is taken from the cache, since NABLA_DATA is not set:");
        bool found = false;
        foreach (MnistFolderStatus place in Mnist.Status().Take(1))
        {
            PlainText.Out.WriteLine($"  {place.Place}: {place.Folder}{(place.Exists ? "" : ", no such folder")}");
            foreach (MnistFileStatus file in place.Exists ? place.Files : [])
            {
                string size = file.Length.ToString("N0", CultureInfo.InvariantCulture);
                string state = file.State switch
                {
                    MnistFileState.Missing => "missing",
                    MnistFileState.Verified => $"verified, {size} bytes",
                    _ => file.Problem ?? file.State.ToString(),
                };
                PlainText.Out.WriteLine($"    {file.Name}: {state}");
            }
            found |= place.Files.All(file => file.State is MnistFileState.Verified or MnistFileState.Different);
        }
        PlainText.Out.WriteLine("Built-in digits: always there (--data synthetic)");
        if (isSet && !found)
        {
            PlainText.Error.WriteLine($"nabla data: NABLA_DATA names no folder with four files like MNIST's; correct it, or unset it and let '{Invocation.Name} data fetch' download them.");
            return ExitCode.Failure;
        }
        if (!found)
        {
            PlainText.Out.WriteLine($"To download MNIST: {Invocation.Name} data fetch");
        }
        return ExitCode.Success;
    }
}
