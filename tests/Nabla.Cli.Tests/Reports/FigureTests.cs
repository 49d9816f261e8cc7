using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Nabla.Cli.Reports;

namespace Nabla.Cli.Tests.Reports;

/// <summary>What reports are made of: statistics, drawings, differences, texts.</summary>
public sealed class FigureTests
{
    /// <summary>
    /// The second and third are the two examples of Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13:91, 2013, table 7: 0.070 and 0.052. The others are
    /// binomial sums: by hand, and for large counts by Python's integers.
    /// </summary>
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(7, 1, 0.0703125)]
    [InlineData(6, 16, 0.052478790283203125)]
    [InlineData(0, 5, 0.0625)]
    [InlineData(5, 5, 1)]
    [InlineData(10, 2, 0.03857421875)]
    [InlineData(5000, 5200, 0.0487880)]
    [InlineData(40, 60, 0.0568879)]
    public void McNemars_test_is_exact(int first, int second, double expected)
    {
        McNemarTest test = new(first, second);
        Assert.Equal(expected, test.PValue, 1e-6);
        Assert.Equal(test.PValue, new McNemarTest(second, first).PValue, 1e-12);
        Assert.Equal(expected < 0.05, test.IsSignificant);
    }

    [Fact]
    public void McNemars_test_takes_as_many_samples_as_there_are()
    {
        Assert.Equal(0, new McNemarTest(100, 1_000_000).PValue);
        Assert.InRange(new McNemarTest(500_000, 500_100).PValue, 0.91, 0.93);
        Assert.Equal(("p < 0.001", "< 0.001"), (new McNemarTest(0, 100).PValueText, new McNemarTest(0, 100).PValueNumber));
        Assert.Equal(("p = 0.070", "p = 1"), (new McNemarTest(7, 1).PValueText, new McNemarTest(3, 3).PValueText));
    }

    /// <summary>The last is an example of R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998, table I.</summary>
    [Theory]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(10, 10, 0.7225, 1)]
    [InlineData(81, 263, 0.2553, 0.3662)]
    public void Wilsons_interval_is_that_of_the_books(int successes, int count, double low, double high)
    {
        (double Low, double High) = WilsonInterval.Of(successes, count);
        Assert.Equal(low, Low, 0.00006);
        Assert.Equal(high, High, 0.00006);
    }

    [Fact]
    public void The_graph_has_a_box_for_each_layer_and_an_arc_for_each_that_is_read_past_others()
    {
        Network network = Network.Create(
            [8, 8],
            Layer.Convolution2D(4, 3, 3, Activation.ReLU, padding: 1) with { Name = "start" },
            new ResidualSpec { Body = [Layer.Convolution2D(6, 3, 3, stride: 2, padding: 1), Layer.BatchNormalization(Activation.ReLU)], Projection = Layer.Convolution2D(6, 1, 1, stride: 2), Activation = Activation.ReLU, Name = "block" },
            Layer.MaxPooling2D(2, 2) with { Inputs = ["start"], Name = "pooled" },
            Layer.Concatenate("block", "pooled"),
            Layer.GlobalAveragePooling2D(),
            Layer.Dense(3));
        XElement svg = XElement.Parse(NetworkDrawing.Of(network).ToString());
        XElement[] boxes = [.. svg.Elements("g")];
        Assert.Equal(["Input", "Convolution2D", "Convolution2D", "BatchNormalization", "Convolution2D", "Add", "MaxPooling2D", "Concatenate", "GlobalAveragePooling2D", "Dense"], boxes.Select(box => box.Elements("text").First().Value.Split(' ')[0]));
        // Each below the one before.
        (double Top, double Bottom)[] places = [.. boxes.Select(box => box.Element("rect")!).Select(rect => (Number(rect, "y"), Number(rect, "y") + Number(rect, "height")))];
        Assert.All(places.Zip(places.Skip(1)), pair => Assert.True(pair.First.Bottom < pair.Second.Top));
        Assert.Contains("4×4×6", boxes[2].Value, StringComparison.Ordinal);
        Assert.Contains("222 parameters", boxes[2].Value, StringComparison.Ordinal);
        Assert.Contains("3×3, stride 2, padding 1", boxes[2].Value, StringComparison.Ordinal);

        // start → 1×1 convolution, normalisation → Add, start → pooling, Add → Concatenate; all downwards, from box to box.
        double[][] arcs = [.. svg.Elements("path").Where(path => (string?)path.Attribute("class") == "edge skip").Select(Points)];
        Assert.Equal([(1, 4), (1, 6), (3, 5), (5, 7)], arcs.Select(arc => (BoxAt(arc[1]), BoxAt(arc[^1]))).Order());
        // No two arcs run over each other: those beside each other have places of their own.
        double[] lanes = [.. arcs.Select(arc => arc[2])];
        for (int i = 0; i < arcs.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Assert.True(lanes[i] != lanes[j] || arcs[i][1] >= arcs[j][^1] || arcs[j][1] >= arcs[i][^1]);
            }
        }
        // Where a layer does not read the one above it, there is no arrow between them.
        Assert.Equal(7, svg.Elements("path").Count(path => (string?)path.Attribute("class") == "edge"));

        int BoxAt(double y) => Array.FindIndex(places, place => place.Top <= y && y <= place.Bottom);
    }

    [Fact]
    public void A_caption_says_how_a_layer_is_set_without_its_shapes()
    {
        Network network = Network.Create(
            [28, 28],
            Layer.Convolution2D(4, 3, 3, Activation.ReLU), Layer.MaxPooling2D(2, 2), Layer.BatchNormalization(Activation.ReLU), Layer.Dropout(0.25), Layer.GaussianNoise(1.5), Layer.Flatten(), Layer.GELU(), Layer.Dense(1), Layer.Rescaling(2, 3));
        Assert.Equal(
            ["Convolution2D, 3×3, ReLU", "MaxPooling2D, 2×2", "BatchNormalization, ReLU", "Dropout, 0.25", "GaussianNoise, 1.5", "Flatten", "GELU", "Dense", "Rescaling, × 2 + 3"],
            network.Layers.Select(NetworkDrawing.Caption));
    }

    [Fact]
    public void Differences_of_recipes_are_listed_by_path()
    {
        JsonNode?[] recipes =
        [
            JsonNode.Parse("""{ "a": 1, "same": [1, 2], "layers": [ { "type": "dense", "units": 3 }, { "type": "dropout", "rate": 0.5 } ], "schedule": { "type": "linear" }, "only": true }"""),
            JsonNode.Parse("""{ "a": 2, "same": [1, 2], "layers": [ { "type": "dense", "units": 4 }, { "type": "dropout", "rate": 0.5 } ], "schedule": { "type": "cosine", "finalFraction": 0 } }"""),
        ];
        Assert.Equal(
            ["a: 1 | 2", "layers[0].units: 3 | 4", "schedule: linear | cosine, finalFraction 0", "only: true | –"],
            RecipeDifference.Between(recipes).Select(difference => $"{difference.Path}: {string.Join(" | ", difference.Texts)}"));
        recipes[1]!["layers"]!.AsArray().RemoveAt(0);
        Assert.Contains(RecipeDifference.Between(recipes), difference => difference.Path == "layers" && difference.Texts.SequenceEqual(["dense, dropout", "dropout"]));
        Assert.Empty(RecipeDifference.Between([recipes[0], recipes[0]]));
    }

    [Fact]
    public void Json_for_people_is_the_same_json()
    {
        foreach (string name in RecipeBook.Names)
        {
            string json = RecipeBook.Get(name).ToJson(), text = JsonText.Of(json);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(text)), name);
            Assert.True(text.Split('\n').Length < json.Split('\n').Length, name);
        }
    }

    [Fact]
    public void Ticks_are_round_and_within()
    {
        Assert.Equal([0, 0.2, 0.4, 0.6, 0.8, 1], new ChartAxis("", 0, 1, "").Ticks.Select(tick => Math.Round(tick, 9)));
        Assert.Equal([1, 2, 3], new ChartAxis("", 1, 3, "") { IsWhole = true }.Ticks);
        Assert.Equal([0.001, 0.01, 0.1], new ChartAxis("", 0.0005, 0.3, "") { IsLogarithmic = true }.Ticks.Select(tick => Math.Round(tick, 9)));
        Assert.Equal("−0.5", new ChartAxis("", -1, 1, "0.##").Label(-0.5));
        Assert.Equal("0", new ChartAxis("", -1, 1, "0.##").Label(new ChartAxis("", -1, 1, "0.##").Ticks.Single(tick => Math.Abs(tick) < 1e-9)));
        ChartAxis same = ChartAxis.Around("", [1, 1, double.NaN], 0.02, "", lowest: 0, highest: 1);
        Assert.True(same.Low < 1 && same.High >= 1 && same.High - same.Low >= 0.0199);
    }

    [Fact]
    public void A_shell_reads_a_quoted_argument_as_it_was()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "Needs /bin/sh.");
        string[] arguments = ["plain/path.csv", "two words", "it's", "$HOME", "~", "~/x", @"back\slash", "", "a\"b", "`id`", "*", "line\nend", "#x", "a;b", "é"];
        ProcessStartInfo start = new("/bin/sh", ["-c", $"printf '%s\\0' {string.Join(' ', arguments.Select(Invocation.Quote))}"]) { RedirectStandardOutput = true };
        using Process shell = Process.Start(start)!;
        string output = shell.StandardOutput.ReadToEnd();
        Assert.Equal(arguments, output.Split('\0')[..^1]);
    }

    [Fact]
    public void Markup_escapes_what_is_put_into_it()
    {
        Assert.Equal("<td title=\"a&quot;b\">&lt;b&gt; &amp; 1.5</td>", Html.Of($"<td title=\"{"a\"b"}\">{"<b>"} & {1.5}</td>").ToString().Replace(" & ", " &amp; ", StringComparison.Ordinal));
        Assert.Equal("<p><i>x</i></p>", Html.Of($"<p>{Html.Of($"<i>{"x"}</i>")}</p>").ToString());
        Assert.Equal("a\\u001bb\\u202ec", Html.Text("a\u001bb\u202ec").ToString());
        Assert.Equal("1\n&lt;2", Html.Lines("1\r\n<2").ToString());
    }

    private static double Number(XElement element, string name) => double.Parse((string)element.Attribute(name)!, CultureInfo.InvariantCulture);

    /// <summary>All numbers of a path.</summary>
    private static double[] Points(XElement path) =>
        [.. ((string)path.Attribute("d")!).Split('M', 'C', 'V', ' ').Where(text => text.Length > 0).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
}
