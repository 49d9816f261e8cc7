using System.CommandLine;
using Nabla.Cli.Display;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla recipes schema</c>: prints the JSON Schema of recipes, for editors.</summary>
internal sealed class RecipesSchemaCommand : Command
{
    public RecipesSchemaCommand()
        : base("schema", "Print the JSON Schema of recipes, by which an editor completes and checks them.") => SetAction(_ => Run());

    private static int Run()
    {
        using Stream schema = typeof(RecipesSchemaCommand).Assembly.GetManifestResourceStream("recipe.schema.json")!;
        using StreamReader reader = new(schema);
        PlainText.Out.Write(reader.ReadToEnd());
        return ExitCode.Success;
    }
}
