using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Web.Tests;

/// <summary>Good answers of what predicts and reads: the same scores as in a program, to the bit.</summary>
public sealed class PredictTests
{
    [Fact]
    public async Task Samples_of_numbers_get_the_networks_own_scores()
    {
        await using RunningServer server = await RunningServer.Start();
        JsonElement[] many = (await server.PostJson("/api/predict", $$"""{"samples": [{{Samples.Json(Samples.Floats(0))}}, {{Samples.Json(Samples.Floats(1))}}]}""")).Predictions;
        Assert.Equal(2, many.Length);
        for (int i = 0; i < 2; i++)
        {
            float[] expected = Samples.Expected(Samples.Floats(i));
            Assert.Equal(expected, Samples.Scores(many[i]));
            Prediction prediction = Prediction.FromScores(expected);
            Assert.Equal((prediction.Label, $"{prediction.Label}", prediction.Confidence),
                (many[i].GetProperty("label").GetInt32(), many[i].GetProperty("name").GetString()!, many[i].GetProperty("confidence").GetSingle()));
            Assert.False(many[i].TryGetProperty("verdict", out _));
        }
        RunningServer.Answer one = await server.PostJson("/api/predict?model=digits-small", $$"""{"model": "digits", "sample": {{Samples.Json(Samples.Floats(1))}}}""");
        Assert.Equal("digits", one.Json.GetProperty("model").GetString());
        Assert.Equal(Samples.Expected(Samples.Floats(1)), Samples.Scores(Assert.Single(one.Predictions)));
        one = await server.PostJson("/api/predict?model=digits-small", $$"""{"model": null, "sample": {{Samples.Json(Samples.Floats(1))}}}""");
        Assert.Equal("digits-small", one.Json.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Bytes_are_one_sample_or_many()
    {
        await using RunningServer server = await RunningServer.Start();
        // More than go through in one piece.
        const int Count = 300;
        JsonElement[] many = (await server.Post("/api/predict", Samples.Bytes(Count), "application/octet-stream")).Predictions;
        Assert.Equal(Count, many.Length);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(Samples.Expected(Samples.Digits[i]), Samples.Scores(many[i]));
        }
        RunningServer.Answer small = await server.Post("/api/predict?model=digits-small", Samples.Bytes(1), "application/octet-stream; charset=binary");
        float[] expected = new float[10];
        Digits.LoadSmall().Score(Samples.Digits[0], expected);
        Assert.Equal(expected, Samples.Scores(Assert.Single(small.Predictions)));
    }

    [Fact]
    public async Task A_picture_is_searched_for_one_digit()
    {
        await using RunningServer server = await RunningServer.Start();
        byte[] page = Samples.Page([3]);
        JsonElement prediction = Assert.Single((await server.Post("/api/predict", page, "image/png")).Predictions);
        DigitReading reading = new DigitReader(Samples.Network).Read(PictureFile.Read(page, "page"));
        Assert.Equal(reading.Scores, Samples.Scores(prediction));
        Assert.Equal((reading.Verdict.ToString(), reading.Digitness), (Capital(prediction.GetProperty("verdict").GetString()!), prediction.GetProperty("digitness").GetSingle()));
        Assert.Equal(reading.Found!.Box, BoxOf(prediction));

        JsonElement blank = Assert.Single((await server.Post("/api/predict", Samples.Page(), "image/png")).Predictions);
        Assert.Equal("none", blank.GetProperty("verdict").GetString());
        Assert.Equal(JsonValueKind.Null, blank.GetProperty("label").ValueKind);
        Assert.Empty(Samples.Scores(blank));
    }

    [Fact]
    public async Task A_page_is_read_line_by_line()
    {
        await using RunningServer server = await RunningServer.Start();
        byte[] page = Samples.Page([0, 1, 2], [3, 4]);
        RunningServer.Answer answer = await server.Post("/api/read", page, "image/x-anything");
        Assert.Equal(200, answer.Status);
        DigitReader reader = new(Samples.Network);
        IReadOnlyList<IReadOnlyList<DigitReading>> expected = reader.ReadPage(PictureFile.Read(page, "page"));
        Assert.Equal([3, 2], expected.Select(line => line.Count));
        JsonElement[] lines = [.. answer.Json.GetProperty("lines").EnumerateArray()];
        Assert.Equal(expected.Select(reader.TextOf), lines.Select(line => line.GetProperty("text").GetString()));
        Assert.Equal(expected.SelectMany(line => line).Select(digit => digit.Found!.Box), lines.SelectMany(line => line.GetProperty("readings").EnumerateArray()).Select(BoxOf));
        Assert.Equal(expected.SelectMany(line => line).SelectMany(digit => digit.Scores), lines.SelectMany(line => line.GetProperty("readings").EnumerateArray()).SelectMany(Samples.Scores));
        Assert.Empty((await server.Post("/api/read?model=digits-small", Samples.Page(), "image/png")).Json.GetProperty("lines").EnumerateArray());
    }

    [Fact]
    public async Task Other_models_answer_too_and_say_what_they_cannot()
    {
        using TemporaryFolder folder = new();
        Samples.Small(1.5f).Save(folder["sum.safetensors"]);
        Network colours = Network.Create([4, 4, 3], Layer.Flatten(), Layer.Dense(2));
        colours.Initialize(new NumPyRandom(2));
        colours.ClassNames = ["cat", "dog"];
        colours.Save(folder["colours.safetensors"]);
        await using RunningServer server = await RunningServer.Start(new WebServerOptions { ModelFolder = folder.FullName });
        JsonElement sum = Assert.Single((await server.PostJson("/api/predict", """{"model": "sum", "sample": [1, 2]}""")).Predictions);
        Assert.Equal([6f], Samples.Scores(sum));
        JsonElement cat = Assert.Single((await server.Post("/api/predict?model=colours", Samples.Page([1]), "image/png")).Predictions);
        Assert.Contains(cat.GetProperty("name").GetString(), colours.ClassNames);

        RunningServer.Answer answer = await server.Post("/api/predict?model=sum", Samples.Page([1]), "image/png");
        Assert.Equal((400, "The model 'sum' takes samples of 2, expected images, grey or in colours; pictures cannot be turned into that."), (answer.Status, answer.Problem));
        answer = await server.Post("/api/read?model=sum", Samples.Page([1]), "image/png");
        Assert.Equal((400, "The model 'sum' takes samples of 2, expected 28×28 grey levels; digits of a page cannot be turned into that."), (answer.Status, answer.Problem));
        answer = await server.PostJson("/api/predict", """{"model": "sum", "samples": [[1, 2], [3e38, 3e38]]}""");
        Assert.Equal(422, answer.Status);
        Assert.StartsWith("The answer of sample 1 is no number, since the outputs of 'sum' overflow", answer.Problem, StringComparison.Ordinal);
    }

    private static string Capital(string word) => $"{char.ToUpperInvariant(word[0])}{word[1..]}";

    private static PictureBox BoxOf(JsonElement reading)
    {
        JsonElement box = reading.GetProperty("box");
        return new PictureBox(box.GetProperty("left").GetInt32(), box.GetProperty("top").GetInt32(), box.GetProperty("width").GetInt32(), box.GetProperty("height").GetInt32());
    }
}
