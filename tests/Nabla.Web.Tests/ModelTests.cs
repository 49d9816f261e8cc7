using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Web.Tests;

/// <summary>Which models are served: those that ship and those of a folder, and nothing else of the machine.</summary>
public sealed class ModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ModelTests()
    {
        Directory.CreateDirectory(_folder["models/below"]);
        Samples.Small(1).Save(_folder["models/own.safetensors"]);
        Samples.Small(2).Save(_folder["outside.safetensors"]);
        Samples.Small(3).Save(_folder["models/below/deeper.safetensors"]);
        Samples.Small(4).Save(_folder["models/digits.safetensors"]);
        File.WriteAllText(_folder["models/broken.safetensors"], "text");
        File.WriteAllText(_folder["models/notes.txt"], "text");
    }

    public void Dispose() => _folder.Dispose();

    private Task<RunningServer> Start() => RunningServer.Start(new WebServerOptions { ModelFolder = _folder["models"] });

    [Fact]
    public async Task Models_are_listed_and_described()
    {
        await using RunningServer server = await Start();
        RunningServer.Answer list = await server.Get("/api/models");
        Assert.Equal(["digits", "digits-small", "own"], list.Json.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString()));

        JsonElement digits = (await server.Get("/api/models/digits")).Json;
        Assert.Equal([28, 28], digits.GetProperty("input").EnumerateArray().Select(extent => extent.GetInt32()));
        Assert.Equal(10, digits.GetProperty("outputs").GetInt32());
        Assert.Equal(354_650, digits.GetProperty("parameters").GetInt32());
        Assert.StartsWith("Convolution2D 28×28×1", digits.GetProperty("layers")[0].GetString(), StringComparison.Ordinal);
        Assert.StartsWith("softmax cross-entropy", digits.GetProperty("loss").GetString(), StringComparison.Ordinal);
        Assert.InRange(digits.GetProperty("training").GetProperty("testAccuracy").GetDouble(), 0.99, 1);
        JsonElement own = (await server.Get("/api/models/own")).Json;
        Assert.Equal(JsonValueKind.Null, own.GetProperty("training").ValueKind);
    }

    [Fact]
    public async Task Files_come_as_they_are()
    {
        await using RunningServer server = await Start();
        RunningServer.Answer own = await server.Get("/api/models/own/file");
        Assert.Equal((200, "application/octet-stream"), (own.Status, own.Kind));
        Assert.Equal(File.ReadAllBytes(_folder["models/own.safetensors"]), own.Body);
        using Stream shipped = Digits.Open("digits");
        using MemoryStream bytes = new();
        shipped.CopyTo(bytes);
        Assert.Equal(bytes.ToArray(), (await server.Get("/api/models/digits/file")).Body);
    }

    [Fact]
    public async Task What_cannot_be_served_is_named_once_in_the_log()
    {
        await using RunningServer server = await Start();
        await server.Log.WaitFor("A model is left out. digits.safetensors: a model of that name comes with Nabla; give the file another.");
        Assert.Equal(404, (await server.Get("/api/models/broken")).Status);
        await server.Get("/api/models");
        string line = Assert.Single(server.Log.Lines, line => line.Contains("broken", StringComparison.Ordinal) && !line.StartsWith("GET", StringComparison.Ordinal));
        Assert.StartsWith("A model is left out. broken.safetensors: ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_comes_changes_or_goes_needs_no_restart()
    {
        await using RunningServer server = await Start();
        Assert.Equal(3, await Answer("own"));
        Samples.Small(5).Save(_folder["models/own.safetensors"]);
        // A clock of the file system may not tell two writes of one moment apart.
        File.SetLastWriteTimeUtc(_folder["models/own.safetensors"], DateTime.UtcNow.AddSeconds(2));
        Assert.Equal(15, await Answer("own"));
        Samples.Small(6).Save(_folder["models/new.safetensors"]);
        Assert.Equal(18, await Answer("new"));
        File.Delete(_folder["models/new.safetensors"]);
        Assert.Equal(404, (await server.Get("/api/models/new")).Status);

        async Task<float> Answer(string model) => Samples.Scores(Assert.Single((await server.PostJson($"/api/predict?model={model}", """{"sample": [1, 1]}""")).Predictions))[0];
    }

    [Theory]
    [InlineData("..%2foutside")]
    [InlineData("..%5coutside")]
    [InlineData("%2e%2e%2foutside")]
    [InlineData("..%252foutside")]
    [InlineData("below%2fdeeper")]
    [InlineData("below/deeper")]
    [InlineData("./../outside")]
    [InlineData("notes.txt")]
    [InlineData("own.safetensors")]
    [InlineData("..")]
    [InlineData("%00")]
    [InlineData("own%00")]
    [InlineData("%0a")]
    public async Task No_name_leaves_the_folder(string name)
    {
        await using RunningServer server = await Start();
        foreach (string path in (string[])[$"/api/models/{name}", $"/api/models/{name}/file"])
        {
            int status = await RawRequest.Get(server.Server.Address, path);
            Assert.True(status is 404 or 400, $"{path}: {status}");
        }
        RunningServer.Answer answer = await server.Post($"/api/predict?model={name}", Samples.Bytes(1), "application/octet-stream");
        Assert.True(answer.Status is 404, $"{answer.Status}");
        answer = await server.PostJson("/api/predict", $$"""{"model": {{JsonSerializer.Serialize(Uri.UnescapeDataString(name))}}, "sample": [1, 2]}""");
        Assert.Equal(404, answer.Status);
        // Absolute paths, too.
        answer = await server.PostJson("/api/predict", $$"""{"model": {{JsonSerializer.Serialize(_folder["outside"])}}, "sample": [1, 2]}""");
        Assert.Equal(404, answer.Status);
    }
}
