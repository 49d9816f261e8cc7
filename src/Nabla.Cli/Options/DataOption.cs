using System.CommandLine;

namespace Nabla.Cli.Options;

/// <summary>The option --data, the same for every command.</summary>
internal static class DataOption
{
    /// <summary>MNIST where it is there or can be downloaded, otherwise the built-in digits.</summary>
    public const string Auto = "auto";

    private const string Choices =
        "'auto' is MNIST where it is there or can be downloaded, otherwise the built-in digits; 'mnist'; 'synthetic', the built-in digits; or a file or folder of your own: IDX, CSV, npz, pickle or folders of PNGs, recognised by content";

    public static Option<string> Create() => new("--data")
    {
        Description = $"Which digits: {Choices}.",
        HelpName = "auto|mnist|synthetic|path",
        DefaultValueFactory = _ => Auto,
    };

    /// <summary>For commands that take a model, which knows what it was trained on.</summary>
    public static Option<string?> CreateForModel() => new("--data")
    {
        Description = $"Which digits: {Choices}. What the model was trained on if not given; of that, only what it was not trained on.",
        HelpName = "auto|mnist|synthetic|path",
    };
}
