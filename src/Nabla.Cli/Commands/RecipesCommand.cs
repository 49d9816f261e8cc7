using System.CommandLine;
using Nabla.Cli.Display;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla recipes</c>: lists the recipes; its subcommands print one, and their schema.</summary>
internal sealed class RecipesCommand : Command
{
    private const int RoomForTwoColumns = 60;

    public RecipesCommand()
        : base("recipes", "List the recipes that 'nabla train' knows by name.")
    {
        Subcommands.Add(new RecipesShowCommand());
        Subcommands.Add(new RecipesSchemaCommand());
        SetAction(_ => Run());
    }

    private static int Run()
    {
        Recipe[] recipes = [.. RecipeBook.Names.Select(RecipeBook.Get)];
        if (Terminal.Width < RoomForTwoColumns)
        {
            foreach (Recipe recipe in recipes)
            {
                AnsiConsole.WriteLine(recipe.Name);
                AnsiConsole.Write(new Padder(new Text(recipe.Description), new Padding(left: 2, 0, 0, 0)));
            }
            return ExitCode.Success;
        }
        Table table = new Table().Border(TableBorder.Simple).AddColumns("recipe", "what it is");
        table.Columns[0].NoWrap();
        foreach (Recipe recipe in recipes)
        {
            table.AddRow(Markup.Escape(recipe.Name), Markup.Escape(recipe.Description));
        }
        Terminal.Write(table, "The list");
        return ExitCode.Success;
    }
}
