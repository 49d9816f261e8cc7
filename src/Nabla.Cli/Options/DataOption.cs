using System.CommandLine;

namespace Nabla.Cli.Options;

/// <summary>The option --data, the same for every command.</summary>
internal static class DataOption
{
    /// <summary>MNIST where it is there or can be downloaded, otherwise the built-in digits.</summary>
    public const string Auto = "auto";

    public static Option<string> Create() => new("--data")
    {
        Description = "Which digits: 'auto' is MNIST where it is there or can be downloaded, otherwise the built-in digits; 'mnist'; 'synthetic', the built-in digits; or a file or folder of your own: IDX, CSV, npz, pickle or folders of PNGs, recognised by content.",
        HelpName = "auto|mnist|synthetic|path",
        DefaultValueFactory = _ => Auto,
    };
}
