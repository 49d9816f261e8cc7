namespace Nabla;

/// <summary>The recipes that come with the library: one for each network of the five notebooks.</summary>
public static class RecipeBook
{
    private const string Prefix = "recipes/";
    private const string Ending = ".json";

    /// <summary>Names of all recipes, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. from resource in typeof(RecipeBook).Assembly.GetManifestResourceNames()
           where resource.StartsWith(Prefix, StringComparison.Ordinal)
           orderby resource
           select resource[Prefix.Length..^Ending.Length],
    ];

    /// <summary>The recipe of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest, and those there are.</exception>
    public static Recipe Get(string name) => Recipe.Parse(GetJson(name), name);

    /// <summary>The recipe of that name as it was written, with its comments.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest, and those there are.</exception>
    public static string GetJson(string name)
    {
        using Stream stream = typeof(RecipeBook).Assembly.GetManifestResourceStream($"{Prefix}{name}{Ending}")
            ?? throw new ArgumentException($"There is no recipe '{name}'; did you mean '{Spelling.Nearest(name, Names)}'? There are: {string.Join(", ", Names)}.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
