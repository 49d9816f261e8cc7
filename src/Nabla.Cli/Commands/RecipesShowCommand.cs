using System.CommandLine;
using Nabla.Cli.Display;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla recipes show</c>: prints a recipe, to be copied and changed.</summary>
internal sealed class RecipesShowCommand : Command
{
    private readonly Argument<string> _name = new("name") { Description = "One of the names that 'nabla recipes' lists." };

    public RecipesShowCommand()
        : base("show", "Print a recipe as JSON, to be copied and changed.")
    {
        Arguments.Add(_name);
        SetAction(arguments =>
        {
            PlainText.Out.Write(RecipeBook.GetJson(arguments.GetRequiredValue(_name)));
            return ExitCode.Success;
        });
    }
}
