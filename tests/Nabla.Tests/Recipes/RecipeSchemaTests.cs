using NJsonSchema;

namespace Nabla.Tests.Recipes;

/// <summary>
/// docs/recipe.schema.json is what the types say. After a change of the types, NABLA_UPDATE_SCHEMA=1 with these tests
/// writes it anew.
/// </summary>
public sealed class RecipeSchemaTests
{
    private static readonly string Published = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "recipe.schema.json"));

    public static TheoryData<string> Names() => [.. RecipeBook.Names];

    [Fact]
    public void The_published_schema_is_what_the_types_say()
    {
        string schema = RecipeSchema.Create();
        if (Environment.GetEnvironmentVariable("NABLA_UPDATE_SCHEMA") is "1")
        {
            File.WriteAllText(Path.Combine(Repository(), "docs", "recipe.schema.json"), schema);
            return;
        }
        Assert.Equal(schema, Published.ReplaceLineEndings("\n"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_recipe_fits_as_written_and_in_full(string name)
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(Published, TestContext.Current.CancellationToken);
        Assert.Empty(schema.Validate(RecipeBook.GetJson(name)));
        Assert.Empty(schema.Validate(RecipeBook.Get(name).ToJson()));
    }

    [Theory]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ] }""", true)]
    [InlineData("""{ "$schema": "recipe.schema.json", "name": "n", "layers": [ { "type": "dense", "units": 10 } ] }""", true)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dropout" }, { "type": "flatten" } ], "optimizer": { "type": "adam", "beta1": 0 }, "training": { "stepsPerEpoch": null } }""", true)]
    [InlineData("""{ "layers": [ { "type": "dense", "units": 10 } ] }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "unit": 10 } ] }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense" } ] }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dens", "units": 10 } ] }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "units": 10 } ] }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 0 } ] }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10, "activation": "softplus" } ] }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "trainning": {} }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "training": { "epochs": "ten" } }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "training": { "epochs": 1.5 } }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "training": { "validationFraction": 1 } }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "optimizer": { "type": "sgd", "beta1": 0.9 } }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "optimizer": { "type": "sgd", "learningRate": 0 } }""", false)]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10, "weightInitializer": { "type": "uniform", "high": 0.1 } } ] }""", false)]
    public async Task The_schema_and_the_reader_agree(string json, bool fits)
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(Published, TestContext.Current.CancellationToken);
        Assert.Equal(fits, schema.Validate(json).Count == 0);
        if (fits)
        {
            Recipe.Parse(json, "mine.json");
        }
        else
        {
            Assert.Throws<MalformedFileException>(() => Recipe.Parse(json, "mine.json"));
        }
    }

    /// <summary>The folder with the solution, above the one where the tests run.</summary>
    private static string Repository()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Nabla.slnx")))
        {
            folder = folder.Parent!;
        }
        return folder.FullName;
    }
}
