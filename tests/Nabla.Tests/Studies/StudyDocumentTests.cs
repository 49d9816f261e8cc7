using System.Globalization;
using System.Text.Json.Nodes;

namespace Nabla.Tests.Studies;

/// <summary>What a study's document says, and how it is refused.</summary>
public sealed class StudyDocumentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_grid_is_every_value_with_every_other_and_every_seed()
    {
        Study study = Study.Parse("""{ "recipe": "dense", "vary": { "optimizer.learningRate": [0.001, 0.01], "layers[0].units": [16, 32, 64] }, "seeds": [3, 5] }""", "study.json");
        Assert.Equal(12, study.Runs.Count);
        Assert.Equal(["optimizer.learningRate", "layers[0].units"], study.Varied);
        StudyRun run = study.Runs[9];
        Assert.Equal(("0010", 4, 5u), (run.Name, run.Combination, run.Seed));
        Assert.Equal("optimizer.learningRate 0.01, layers[0].units 32, seed 5", run.ToString());
        Assert.Equal(0.01, run.Recipe.Optimizer.LearningRate);
        Assert.Equal(32, Assert.IsType<DenseSpec>(run.Recipe.Layers[0]).Units);
        // All else is as it was.
        Assert.Equal(RecipeBook.Get("dense").ToJson(), (run.Recipe with
        {
            Layers = study.Recipe.Layers,
            Optimizer = study.Recipe.Optimizer,
            Training = run.Recipe.Training with { Seed = study.Recipe.Training.Seed },
        }).ToJson());
    }

    [Fact]
    public void Without_anything_that_varies_the_recipe_is_the_only_run()
    {
        StudyRun run = Assert.Single(Study.Parse("""{ "recipe": "dense" }""", "study.json").Runs);
        Assert.Equal(RecipeBook.Get("dense").ToJson(), run.Recipe.ToJson());
    }

    [Fact]
    public void Combinations_are_taken_as_they_are_listed()
    {
        Study study = Study.Parse("""
            { "recipe": "dense", "combinations": [{ "optimizer": { "type": "sgd", "learningRate": 0.5 } }, { "training.averageDecay": 0.9, "training.batchSize": 7 }, { "training.averageDecay": null }], "seeds": 2 }
            """, "study.json");
        Assert.Equal([0, 0, 1, 1, 2, 2], study.Runs.Select(run => run.Combination));
        Assert.Equal(new Sgd { LearningRate = 0.5 }, study.Runs[0].Recipe.Optimizer);
        Assert.Equal((0.9, 7, 2u), (study.Runs[3].Recipe.Training.AverageDecay, study.Runs[3].Recipe.Training.BatchSize, study.Runs[3].Seed));
        Assert.Null(study.Runs[5].Recipe.Training.AverageDecay);
    }

    /// <summary>Known by heart, so that every platform and every later version draws the same runs.</summary>
    [Fact]
    public void Draws_are_the_same_everywhere()
    {
        Study study = Study.Parse(Drawn(trials: 3), "study.json");
        Assert.Equal(string.Join("\n", Expected), string.Join("\n", study.Runs.Select(run => run.ToString())));
    }

    private static readonly string[] Expected =
    [
        "optimizer.learningRate 0.0201078, layers[0].units 10, training.l2 0.00964141, training.batchSize 64, seed 1",
        "optimizer.learningRate 0.000609829, layers[0].units 10, training.l2 0.00109272, training.batchSize 64, seed 1",
        "optimizer.learningRate 0.000138795, layers[0].units 9, training.l2 0.00663613, training.batchSize 64, seed 1",
    ];

    [Fact]
    public void Draws_depend_on_the_draw_seed_and_on_no_other_option()
    {
        string[] rates = Rates(Drawn(trials: 50));
        Assert.Equal(rates, Rates("""{ "recipe": "dense", "vary": { "optimizer.learningRate": { "type": "log-uniform", "low": 1e-4, "high": 0.1 } }, "trials": 50 }"""));
        Assert.Equal(rates[..20], Rates(Drawn(trials: 20)));
        Assert.NotEqual(rates, Rates(Drawn(trials: 50).Replace("\"trials\"", "\"drawSeed\": 2, \"trials\"", StringComparison.Ordinal)));

        static string[] Rates(string json) => [.. Study.Parse(json, "study.json").Runs.Select(run => run.Recipe.Optimizer.LearningRate.ToString("R", CultureInfo.InvariantCulture))];
    }

    [Fact]
    public void Draws_are_spread_as_their_distribution_says()
    {
        Study study = Study.Parse(Drawn(trials: 4000), "study.json");
        double[] rates = [.. study.Runs.Select(run => Math.Log10(run.Recipe.Optimizer.LearningRate))];
        for (int decade = -4; decade < -1; decade++)
        {
            Assert.InRange(rates.Count(rate => rate >= decade && rate < decade + 1), 4000 / 3 - 150, 4000 / 3 + 150);
        }
        int[] units = [.. study.Runs.Select(run => ((DenseSpec)run.Recipe.Layers[0]).Units)];
        Assert.Equal(Enumerable.Range(8, 5), units.Distinct().Order());
        Assert.All(units.CountBy(unit => unit), pair => Assert.InRange(pair.Value, 700, 900));
        Assert.InRange(study.Runs.Average(run => run.Recipe.Training.L2), 0.0045, 0.0055);
        Assert.InRange(study.Runs.Count(run => run.Recipe.Training.BatchSize == 32), 1850, 2150);
    }

    private static string Drawn(int trials) => $$"""
        {
          "recipe": "dense", "trials": {{trials}},
          "vary": {
            "optimizer.learningRate": { "type": "log-uniform", "low": 1e-4, "high": 0.1 },
            "layers[0].units": { "type": "integers", "low": 8, "high": 12 },
            "training.l2": { "type": "uniform", "low": 0, "high": 0.01 },
            "training.batchSize": { "type": "choice", "values": [32, 64] },
          },
        }
        """;

    [Fact]
    public void Lists_beside_draws_are_a_grid_for_each_draw()
    {
        Study study = Study.Parse("""{ "recipe": "dense", "vary": { "training.batchSize": [32, 64], "training.l2": { "type": "uniform", "low": 0, "high": 1 } }, "trials": 3 }""", "study.json");
        Assert.Equal([32, 64, 32, 64, 32, 64], study.Runs.Select(run => run.Recipe.Training.BatchSize));
        Assert.Equal(study.Runs[0].Recipe.Training.L2, study.Runs[1].Recipe.Training.L2);
        Assert.Equal(3, study.Runs.Select(run => run.Recipe.Training.L2).Distinct().Count());
    }

    [Fact]
    public void It_is_read_again_as_it_was_with_the_recipe_in_it()
    {
        File.WriteAllText(_folder["mine.json"], RecipeBook.GetJson("dense"));
        Directory.CreateDirectory(_folder["digits"]);
        File.WriteAllText(_folder["study.json"], """
            {
              "name": "mine", "recipe": "mine.json", "data": "digits", "dataReading": { "--scale": "255" }, "vary": { "training.batchSize": [32, 64] }, "seeds": 2, // three
              "measure": "validationLoss", "rule": { "type": "asha", "epochs": 2, "factor": 4 }, "leaseSeconds": 30,
            }
            """);
        Study study = Study.Load(_folder["study.json"]);
        Study again = Study.Parse(study.ToJson(), "again");
        Assert.Equal(study.ToJson(), again.ToJson());
        Assert.True(study.IsSameAs(again));
        Assert.Equal(_folder["digits"], again.Data);
        Assert.Equal("255", again.DataReading["--scale"]);
        Assert.Equal((StudyMeasure.ValidationLoss, new StudyRule(StudyRuleKind.Asha, 2, 4), TimeSpan.FromSeconds(30)), (again.Measure, again.Rule, again.Lease));
        Assert.Equal([2, 8], again.Rungs);
        Assert.Equal(JsonNode.Parse(RecipeBook.Get("dense").ToJson())!.ToJsonString(), JsonNode.Parse(study.ToJson())!["recipe"]!.ToJsonString());
        Assert.False(study.IsSameAs(Study.Parse(study.ToJson().Replace("64", "65", StringComparison.Ordinal), "other")));
    }

    [Theory]
    [InlineData("[]", "expected a study")]
    [InlineData("{ \"recipe\": \"dense\", ", "is not a study")]
    [InlineData("""{ "vary": {} }""", "has no 'recipe'")]
    [InlineData("""{ "recipe": "dens" }""", "did you mean 'dense'?")]
    [InlineData("""{ "recipe": 3 }""", "found 3 as 'recipe'")]
    [InlineData("""{ "recipe": { "name": "x", "layers": [{ "type": "dense" }] } }""", "'layers[0].units'")]
    [InlineData("""{ "recipe": "dense", "very": {} }""", "'very', which is not known there; did you mean 'vary'?")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.batchsize": [1] } }""", "did you mean 'batchSize'?")]
    [InlineData("""{ "recipe": "dense", "vary": { "trianing.batchSize": [1] } }""", "did you mean 'training'?")]
    [InlineData("""{ "recipe": "dense", "vary": { "layers[2].units": [1] } }""", "there are 2")]
    [InlineData("""{ "recipe": "dense", "vary": { "layers[x].units": [1] } }""", "is no path")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.batchSize": [32, 0] } }""", "with 'training.batchSize' = 0: is not a recipe")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.batchSize": [] } }""", "expected a list of values")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.batchSize": 3 } }""", "expected a list of values")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.l2": { "low": 1 } }, "trials": 1 }""", "no 'type' in 'vary.training.l2'")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.l2": { "type": "unifrom", "low": 0, "high": 1 } }, "trials": 1 }""", "did you mean 'uniform'?")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.l2": { "type": "uniform", "low": 1, "high": 0 } }, "trials": 1 }""", "'vary.training.l2.high', expected a number of at least 1")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.l2": { "type": "log-uniform", "low": 0, "high": 1 } }, "trials": 1 }""", "expected a number above 0")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.batchSize": { "type": "integers", "low": 0.5, "high": 1 } }, "trials": 1 }""", "expected whole numbers")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.l2": { "type": "uniform", "low": 0, "high": 1, "step": 2 } }, "trials": 1 }""", "'vary.training.l2.step', which is not known")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.l2": { "type": "uniform", "low": 0, "high": 1 } } }""", "has no 'trials'")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.l2": [0] }, "trials": 3 }""", "nothing in 'vary' is drawn")]
    [InlineData("""{ "recipe": "dense", "vary": {}, "combinations": [{}] }""", "both 'vary' and 'combinations'")]
    [InlineData("""{ "recipe": "dense", "combinations": [3] }""", "'combinations[0]'")]
    [InlineData("""{ "recipe": "dense", "seeds": 0 }""", "'seeds', expected a whole number from 1")]
    [InlineData("""{ "recipe": "dense", "seeds": [1, 1] }""", "same number twice")]
    [InlineData("""{ "recipe": "dense", "seeds": [-1] }""", "'seeds[0]'")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.seed": [1] }, "seeds": 2 }""", "while 'training.seed' varies")]
    [InlineData("""{ "recipe": "dense", "measure": "testAccuracy" }""", "expected validationAccuracy or validationLoss")]
    [InlineData("""{ "recipe": "dense", "rule": { "type": "halfing" } }""", "did you mean 'halving'?")]
    [InlineData("""{ "recipe": "dense", "rule": { "type": "asha", "factor": 1 } }""", "'rule.factor', expected a whole number from 2")]
    [InlineData("""{ "recipe": "dense", "rule": { "type": "none", "factor": 3 } }""", "'rule.factor', which is not known")]
    [InlineData("""{ "recipe": "dense", "rule": { "type": "asha" }, "vary": { "training.epochs": [3, 4] } }""", "'training.epochs' varies")]
    [InlineData("""{ "recipe": "fast99" }""", "'training.validationFraction' is 0")]
    [InlineData("""{ "recipe": "dense", "leaseSeconds": 0 }""", "'leaseSeconds', expected a number from 0.5")]
    [InlineData("""{ "recipe": "dense", "dataReading": { "--scale": 255 } }""", "'dataReading.--scale', expected a text")]
    [InlineData("""{ "recipe": "dense", "vary": { "training.l2": { "type": "uniform", "low": 0, "high": 1 } }, "trials": 9999, "seeds": 2 }""", "at most 10000 runs")]
    public void What_is_wrong_is_said_before_anything_runs(string json, string expected)
    {
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => Study.Parse(json, "study.json"));
        Assert.StartsWith("study.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
