using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Web.Tests;

/// <summary>Trainings on the server: what is told of them, their queue, and that they outlive the server.</summary>
public sealed class TrainingTests : IDisposable
{
    private const string Recipe = """
        {"name":"small","layers":[{"type":"dense","units":16,"activation":"ReLU"},{"type":"dense","units":10}],"loss":{"type":"softmax-cross-entropy"},
         "optimizer":{"type":"adam","learningRate":0.01},"training":{"epochs":EPOCHS,"batchSize":32,"validationFraction":0.1}}
        """;

    private readonly TemporaryFolder _folder = new();

    public TrainingTests() => Directory.CreateDirectory(_folder["models"]);

    public void Dispose() => _folder.Dispose();

    private WebServerOptions Options => new() { ModelFolder = _folder["models"] };

    private static string Request(int epochs, int count = 400, string name = "mine") =>
        $$$"""{"name":"{{{name}}}","recipe":{{{Recipe.Replace("EPOCHS", $"{epochs}", StringComparison.Ordinal)}}},"data":{"kind":"built-in","count":{{{count}}}}}""";

    [Fact]
    public async Task A_training_tells_how_it_goes_and_leaves_a_model_with_the_bits_of_the_library()
    {
        await using RunningServer server = await RunningServer.Start(Options);
        RunningServer.Answer begun = await server.PostJson("/api/trainings", Request(3));
        Assert.Equal(202, begun.Status);
        Assert.Equal("/api/trainings/1", begun.Headers.Location!.OriginalString);
        Assert.Equal("mine", begun.Json.GetProperty("name").GetString());

        List<Told> told = await Follow(server, 1);
        Assert.Equal(["queued", "preparing", "running", "finished"], told.Select(one => one.State).OfType<string>());
        Assert.Equal([1, 2, 3], told.Where(one => one.Event.TryGetProperty("epoch", out _)).Select(one => one.Event.GetProperty("epoch").GetProperty("epoch").GetInt32()));
        Assert.Contains(told, one => one.Event.TryGetProperty("progress", out _));
        // Of looks only the newest is kept for those who come late, but this reader was there.
        JsonElement look = told.Last(one => one.Event.TryGetProperty("look", out _)).Event.GetProperty("look");
        Assert.Equal(40, look.GetProperty("samples").GetInt32());
        Assert.Equal(40, look.GetProperty("confusion").EnumerateArray().Sum(count => count.GetInt32()));
        Assert.Equal(28, look.GetProperty("kernels").GetProperty("height").GetInt32());
        Assert.Equal(16 * 784, look.GetProperty("kernels").GetProperty("values").GetBytesFromBase64().Length);
        Assert.Equal(told.Select(one => one.Id).Order(), told.Select(one => one.Id));

        JsonElement last = told[^1].Event.GetProperty("status");
        Assert.Equal("mine", last.GetProperty("model").GetString());
        Assert.Equal(66, last.GetProperty("testSamples").GetInt32());
        Network expected = Nabla.Recipe.Parse(Recipe.Replace("EPOCHS", "3", StringComparison.Ordinal), "recipe").Train(new TrainAndTest(SyntheticDigits.Generate(400, 1), SyntheticDigits.Generate(66, 2), "built-in"));
        Network trained = Network.Load(_folder["models/mine.safetensors"]);
        Assert.Equal(expected.Parameters.ToArray(), trained.Parameters.ToArray());
        Assert.Equal(expected.Evaluate(SyntheticDigits.Generate(66, 2)).Accuracy, last.GetProperty("testAccuracy").GetDouble());
        Assert.Equal(200, (await server.Post("/api/predict?model=mine", Samples.Bytes(1), "application/octet-stream")).Status);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["models/.trainings"]));
    }

    [Fact]
    public async Task Others_wait_in_a_queue_and_may_be_deleted_there_or_under_way()
    {
        await using RunningServer server = await RunningServer.Start(Options with { QueuedTrainings = 2 });
        foreach (string name in (string[])["a", "a", "b"])
        {
            Assert.Equal(202, (await server.PostJson("/api/trainings", Request(100_000, name: name))).Status);
        }
        await WaitFor(server, 1, "running");
        RunningServer.Answer refused = await server.PostJson("/api/trainings", Request(1));
        Assert.Equal((429, "60"), (refused.Status, refused.Headers.RetryAfter!.ToString()));
        Assert.Equal("Found 2 trainings that wait, which is as many as there may be; ask again when one is done, or delete one.", refused.Problem);
        JsonElement[] all = [.. (await server.Get("/api/trainings")).Json.GetProperty("trainings").EnumerateArray()];
        Assert.Equal([("a", 0), ("a-2", 1), ("b", 2)], all.Select(one => (one.GetProperty("name").GetString()!, one.GetProperty("before").GetInt32())));

        Assert.Equal(204, (await server.Send(HttpMethod.Delete, "/api/trainings/2", null)).Status);
        Assert.Equal(204, (await server.Send(HttpMethod.Delete, "/api/trainings/1", null)).Status);
        await WaitFor(server, 3, "running");
        Assert.Equal(404, (await server.Get("/api/trainings/1")).Status);
        // Stopped, its network is kept.
        await Change(server, 3, """{"command":"stop"}""");
        await WaitFor(server, 3, "stopped");
        Assert.Equal(["b.safetensors"], Directory.GetFiles(_folder["models"]).Select(Path.GetFileName));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["models/.trainings"]));
    }

    [Fact]
    public async Task Pauses_takes_single_steps_goes_on_and_is_asked_about_a_drawing()
    {
        await using RunningServer server = await RunningServer.Start(Options);
        await server.PostJson("/api/trainings", Request(100_000));
        await WaitFor(server, 1, "running");
        await Change(server, 1, $$"""{"command":"pause","drawing":"{{Convert.ToBase64String(Samples.Bytes(1))}}"}""");
        await WaitFor(server, 1, "paused");
        int before = await Step();
        await Change(server, 1, """{"command":"step"}""");
        for (int i = 0; i < 500 && await Step() == before; i++)
        {
            await Task.Delay(10);
        }
        Assert.Equal(before + 1, await Step());
        await WaitFor(server, 1, "paused");
        Assert.Equal(before + 1, await Step());
        JsonElement look = (await Follow(server, 1, until: one => one.Event.TryGetProperty("look", out _)))[^1].Event.GetProperty("look");
        Assert.Equal(10, look.GetProperty("drawing").GetArrayLength());
        await Change(server, 1, """{"command":"resume","drawing":"","delay":0}""");
        await WaitFor(server, 1, "running");
        await Change(server, 1, """{"command":"stop"}""");
        await WaitFor(server, 1, "stopped");

        // All that is told by now, of which the last progress says how many steps there were: with 12 of 360 samples in an epoch.
        async Task<int> Step()
        {
            JsonElement last = (await Follow(server, 1, until: one => one.State == "paused", atLeast: TimeSpan.FromMilliseconds(200))).Last(one => one.Event.TryGetProperty("progress", out _)).Event.GetProperty("progress");
            return (last.GetProperty("epoch").GetInt32() - 1) * last.GetProperty("steps").GetInt32() + last.GetProperty("step").GetInt32();
        }
    }

    [Fact]
    public async Task A_reader_takes_events_up_again_where_it_left()
    {
        await using RunningServer server = await RunningServer.Start(Options);
        await server.PostJson("/api/trainings", Request(40));
        List<Told> first = await Follow(server, 1, until: one => one.Event.TryGetProperty("epoch", out JsonElement epoch) && epoch.GetProperty("epoch").GetInt32() == 3);
        List<Told> rest = await Follow(server, 1, after: first[^1].Id);
        Assert.All(rest, one => Assert.True(one.Id > first[^1].Id));
        Assert.Equal(Enumerable.Range(1, 40), first.Concat(rest).Where(one => one.Event.TryGetProperty("epoch", out _)).Select(one => one.Event.GetProperty("epoch").GetProperty("epoch").GetInt32()));
        // Whoever comes when all is over gets all that was told but looks, and the end at once.
        List<Told> late = await Follow(server, 1);
        Assert.Equal("finished", late[^1].State);
        Assert.Single(late, one => one.Event.TryGetProperty("look", out _));
        // A number of another life of the server says nothing.
        Assert.Equal(late.Count, (await Follow(server, 1, after: 1_000_000)).Count);
    }

    [Fact]
    public async Task A_server_that_ends_goes_on_with_its_trainings_when_it_is_started_again()
    {
        await using (RunningServer server = await RunningServer.Start(Options))
        {
            await server.PostJson("/api/trainings", Request(60, count: 600));
            await server.PostJson("/api/trainings", Request(1, name: "next"));
            await Follow(server, 1, until: one => one.Event.TryGetProperty("epoch", out JsonElement epoch) && epoch.GetProperty("epoch").GetInt32() == 2);
            await server.Server.StopAsync(TestContext.Current.CancellationToken);
        }
        Assert.Empty(Directory.GetFiles(_folder["models"]));
        Assert.True(File.Exists(_folder["models/.trainings/000001/checkpoint.safetensors"]));
        await using (RunningServer server = await RunningServer.Start(Options))
        {
            List<Told> told = await Follow(server, 1);
            Assert.Equal("finished", told[^1].State);
            // It did not begin anew.
            Assert.DoesNotContain(told, one => one.Event.TryGetProperty("epoch", out JsonElement epoch) && epoch.GetProperty("epoch").GetInt32() == 1);
            await WaitFor(server, 2, "finished");
            Assert.Equal(202, (await server.PostJson("/api/trainings", Request(1))).Status);
            Assert.Equal("mine-2", (await server.Get("/api/trainings/3")).Json.GetProperty("name").GetString());
        }
        Network expected = Nabla.Recipe.Parse(Recipe.Replace("EPOCHS", "60", StringComparison.Ordinal), "recipe").Train(new TrainAndTest(SyntheticDigits.Generate(600, 1), SyntheticDigits.Generate(100, 2), "built-in"));
        Assert.Equal(expected.Parameters.ToArray(), Network.Load(_folder["models/mine.safetensors"]).Parameters.ToArray());
    }

    [Fact]
    public async Task Trains_on_images_and_on_tables_that_are_sent()
    {
        await using RunningServer server = await RunningServer.Start(Options);
        int[] labels = [.. Enumerable.Range(0, 40).Select(i => i % 3)];
        byte[] pixels = [.. labels.SelectMany(label => Enumerable.Range(0, 36).Select(i => (byte)(i / 12 == label ? 255 : 0)))];
        await server.PostJson("/api/trainings", $$$"""{"recipe":"dense","name":"bars","data":{"kind":"images","shape":[6,6],"pixels":"{{{Convert.ToBase64String(pixels)}}}","labels":[{{{string.Join(',', labels)}}}],"classNames":["top","middle","bottom"]}}""");
        Told bars = (await Follow(server, 1))[^1];
        Assert.Equal(("finished", 1.0), (bars.State, bars.Event.GetProperty("status").GetProperty("testAccuracy").GetDouble()));
        Assert.Equal(["top", "middle", "bottom"], (await server.Get("/api/models/bars")).Json.GetProperty("classNames").EnumerateArray().Select(name => name.GetString()));

        string table = "height,width,kind\n" + string.Concat(Enumerable.Range(0, 120).Select(i => $"{i % 10},{i * 7 % 10},{(i % 10 > 4 ? "tall" : "flat")}\n"));
        await server.PostJson("/api/trainings", $$$"""{"recipe":"table","name":"kinds","data":{"kind":"file","name":"kinds.csv","content":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(table))}}}"}}""");
        Told kinds = (await Follow(server, 2))[^1];
        Assert.True(kinds.State == "finished", kinds.Event.GetRawText());
        Assert.InRange(kinds.Event.GetProperty("status").GetProperty("testAccuracy").GetDouble(), 0.9, 1);

        await server.PostJson("/api/trainings", """{"recipe":"table","data":{"kind":"file","name":"letter.csv","content":"YQ=="}}""");
        JsonElement failed = (await Follow(server, 3))[^1].Event.GetProperty("status");
        Assert.Equal("failed", failed.GetProperty("state").GetString());
        Assert.StartsWith("letter.csv", failed.GetProperty("message").GetString(), StringComparison.Ordinal);
        // The same for MNIST, where there is none.
        await server.PostJson("/api/trainings", """{"recipe":"quick","data":{"kind":"mnist"}}""");
        Assert.Equal("data.kind: found mnist, which is not to be had here; expected built-in, images or file.", (await Follow(server, 4))[^1].Event.GetProperty("status").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("""{"recipe":"quick"}""", "expected a JSON object with recipe and data.")]
    [InlineData("""{"recipe":"quikc","data":{"kind":"built-in","count":100}}""", "There is no recipe 'quikc'; did you mean 'quick'?")]
    [InlineData("""{"recipe":{"name":"x","layers":[{"type":"dens"}]},"data":{"kind":"built-in","count":100}}""", "dens")]
    [InlineData("""{"recipe":7,"data":{"kind":"built-in","count":100}}""", "recipe: found Number, expected the name of a recipe or an object.")]
    [InlineData("""{"recipe":"quick","data":{"kind":"built-in"},"name":"../up"}""", "name: found '../up', expected up to 60 letters")]
    [InlineData("""{"recipe":"quick","data":{"kind":"built-in"},"colour":1}""", "colour")]
    [InlineData("not json", "expected a JSON object with recipe and data.")]
    public async Task A_request_that_is_wrong_is_refused_with_what_was_found(string json, string expected)
    {
        await using RunningServer server = await RunningServer.Start(Options);
        RunningServer.Answer answer = await server.PostJson("/api/trainings", json);
        Assert.Equal(400, answer.Status);
        Assert.Contains(expected, answer.Problem, StringComparison.Ordinal);
        Assert.Equal(415, (await server.Post("/api/trainings", Encoding.UTF8.GetBytes(json), "text/plain")).Status);
        Assert.Empty((await server.Get("/api/trainings")).Json.GetProperty("trainings").EnumerateArray());
        Assert.False(Directory.Exists(_folder["models/.trainings"]));
    }

    [Fact]
    public async Task What_is_not_there_or_not_a_command_is_refused()
    {
        await using RunningServer server = await RunningServer.Start(Options);
        foreach (string path in (string[])["/api/trainings/1", "/api/trainings/1/events", "/api/trainings/99999999999"])
        {
            Assert.Equal(404, (await server.Get(path)).Status);
        }
        await server.PostJson("/api/trainings", Request(100_000));
        foreach ((string json, string expected) in ((string, string)[])[
            ("""{"command":"fly"}""", "command: found 'fly', expected pause, resume, step or stop."),
            ("""{"delay":-1}""", "delay: found -1, expected 0 to 10,000 milliseconds."),
            ("""{"drawing":"AAAA"}""", "drawing: found 3 bytes, expected 784 in base64"),
            ("""{"speed":1}""", "expected a JSON object with command, delay or drawing."),
            ("[", "expected a JSON object with command, delay or drawing.")])
        {
            using StringContent content = new(json, Encoding.UTF8, "application/json");
            RunningServer.Answer answer = await server.Send(HttpMethod.Patch, "/api/trainings/1", content);
            Assert.Equal(400, answer.Status);
            Assert.Contains(expected, answer.Problem, StringComparison.Ordinal);
        }
        // A folder that cannot be written, for root, too: a file is where another folder has to be.
        Directory.CreateDirectory(_folder["full"]);
        File.WriteAllText(_folder["full/.trainings"], "");
        await using (RunningServer full = await RunningServer.Start(Options with { ModelFolder = _folder["full"] }))
        {
            RunningServer.Answer answer = await full.PostJson("/api/trainings", Request(1));
            Assert.Equal(409, answer.Status);
            Assert.StartsWith("The server's folder for models cannot be written", answer.Problem, StringComparison.Ordinal);
            Assert.Equal(200, (await full.Get("/api/models")).Status);
        }
        await using RunningServer nowhere = await RunningServer.Start();
        Assert.Equal("This server has no folder for models, so there is nowhere to keep what it trains; start it with one.", (await nowhere.PostJson("/api/trainings", Request(1))).Problem);
    }

    [Fact]
    public async Task A_thousand_readers_of_one_training_all_see_its_end_and_others_are_served_meanwhile()
    {
        const int Readers = 1000;
        await using RunningServer server = await RunningServer.Start(Options with { MaxConnections = 2 * Readers });
        await server.PostJson("/api/trainings", Request(100_000));
        await WaitFor(server, 1, "running");
        using HttpClient many = new(new SocketsHttpHandler { MaxConnectionsPerServer = Readers }) { BaseAddress = server.Server.Address, Timeout = TimeSpan.FromMinutes(2) };
        Task<string>[] readers = [.. Enumerable.Range(0, Readers).Select(_ => ReadAll())];
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        Assert.Equal(200, (await server.Post("/api/predict", Samples.Bytes(1), "application/octet-stream")).Status);
        await Change(server, 1, """{"command":"stop"}""");
        foreach (string all in await Task.WhenAll(readers))
        {
            Assert.Contains("\"state\":\"stopped\"", all, StringComparison.Ordinal);
        }

        Task<string> ReadAll() => many.GetStringAsync("/api/trainings/1/events", TestContext.Current.CancellationToken);
    }

    private static async Task Change(RunningServer server, int id, string json)
    {
        using StringContent content = new(json, Encoding.UTF8, "application/json");
        RunningServer.Answer answer = await server.Send(HttpMethod.Patch, $"/api/trainings/{id}", content);
        Assert.True(answer.Status == 200, Encoding.UTF8.GetString(answer.Body));
    }

    private static async Task WaitFor(RunningServer server, int id, string state)
    {
        string? found = null;
        for (int i = 0; i < 3000; i++)
        {
            found = (await server.Get($"/api/trainings/{id}")).Json.GetProperty("state").GetString();
            if (found == state)
            {
                return;
            }
            await Task.Delay(10);
        }
        Assert.Fail($"Training {id} is {found}, not {state}.");
    }

    /// <summary>What is told of a training, to its end or until something is told; that with which it ends included.</summary>
    private static async Task<List<Told>> Follow(RunningServer server, int id, long after = 0, Func<Told, bool>? until = null, TimeSpan? atLeast = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/api/trainings/{id}/events");
        request.Headers.Add("Last-Event-ID", $"{after}");
        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        List<Told> told = [];
        using CancellationTokenSource ending = new(TimeSpan.FromMinutes(1));
        try
        {
            await foreach (SseItem<string> item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync(ending.Token))
            {
                told.Add(new Told(long.Parse(item.EventId!), JsonDocument.Parse(item.Data).RootElement));
                if (until?.Invoke(told[^1]) == true)
                {
                    if (atLeast is null)
                    {
                        break;
                    }
                    // What was told already comes at once.
                    ending.CancelAfter(atLeast.Value);
                }
            }
        }
        catch (OperationCanceledException) when (atLeast is not null)
        {
        }
        return told;
    }

    private sealed record Told(long Id, JsonElement Event)
    {
        /// <summary>The state that it tells; null where it tells something else.</summary>
        public string? State => Event.TryGetProperty("status", out JsonElement status) ? status.GetProperty("state").GetString() : null;
    }
}
