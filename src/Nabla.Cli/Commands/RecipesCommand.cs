using System.CommandLine;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla recipes</c>: lists the recipes; its subcommands print one, and their schema.</summary>
internal sealed class RecipesCommand : Command
{
    public RecipesCommand()
        : base("recipes", "List the recipes that 'nabla train' knows by name.")
    {
        Subcommands.Add(new RecipesShowCommand());
        Subcommands.Add(new RecipesSchemaCommand());
        SetAction(_ => Run());
    }

    private static int Run()
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("recipe", "what it is");
        table.Columns[0].NoWrap();
        foreach (Recipe recipe in RecipeBook.Names.Select(RecipeBook.Get))
        {
            table.AddRow(Markup.Escape(recipe.Name), Markup.Escape(recipe.Description));
        }
        AnsiConsole.Write(table);
        return ExitCode.Success;
    }
}
