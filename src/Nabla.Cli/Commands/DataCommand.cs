using System.CommandLine;
using System.Globalization;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla data</c>: says what data is where.</summary>
internal sealed class DataCommand : Command
{
    public DataCommand()
        : base("data", "Say what data is where and whether it is right; download it; look at it.")
    {
        Subcommands.Add(new DataFetchCommand());
        Subcommands.Add(new DataShowCommand());
        SetAction(_ => Run());
    }

    private static int Run()
    {
        Console.Out.WriteLine("MNIST is looked for in this order:");
        bool found = false;
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NABLA_DATA")))
        {
            Console.Out.WriteLine("  NABLA_DATA: not set");
        }
        foreach (MnistFolderStatus place in Mnist.Status())
        {
            Console.Out.WriteLine($"  {place.Place}: {place.Folder}{(place.Exists ? "" : ", no such folder")}");
            foreach (MnistFileStatus file in place.Exists ? place.Files : [])
            {
                string size = file.Length.ToString("N0", CultureInfo.InvariantCulture);
                string state = file.State switch
                {
                    MnistFileState.Missing => "missing",
                    MnistFileState.Verified => $"verified, {size} bytes",
                    _ => file.Problem ?? file.State.ToString(),
                };
                Console.Out.WriteLine($"    {file.Name}: {state}");
            }
            found |= place.IsVerified;
        }
        Console.Out.WriteLine("Built-in digits: always there (--data synthetic)");
        if (!found)
        {
            Console.Out.WriteLine($"To download MNIST: {Invocation.Name} data fetch");
        }
        return ExitCode.Success;
    }
}
