using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Nabla.Tests;
using Nabla.Web;

namespace Nabla.Browser.Tests;

/// <summary>Trainings of the page, in the browser itself and on a server, and what people keep of their own drawings.</summary>
[Collection("One after the other")]
public sealed class PageTrainingTests(Browser browser)
{
    private const string Project = "src/Nabla.Page";
    private const int Digits = 300;

    [Fact]
    public async Task Trains_in_the_browser_to_the_bits_of_this_machine_and_hands_the_network_out()
    {
        await using OpenPage page = await browser.Open(Project);
        await page.Page.WaitUntilReady();
        await page.Page.DrawOne();
        Assert.Equal("1", await page.Page.Answer());
        await Begin(page.Page, epochs: 2);
        await AssertTrained(page.Page, "my-network");
        await Assertions.Expect(page.Page.Locator("#train .own")).ToBeVisibleAsync();
        await page.Page.AssertNoBarrier();

        Network expected = Expected(epochs: 2);
        using TemporaryFolder folder = new();
        await Download(page.Page, "safetensors", folder["a.safetensors"]);
        Assert.Equal(expected.Parameters.ToArray(), Network.Load(folder["a.safetensors"]).Parameters.ToArray());
        await Download(page.Page, "onnx", folder["a.onnx"]);
        float[] scores = new float[10], imported = new float[10];
        byte[] digit = ((ByteFeatures)SyntheticDigits.Generate(1, 9).Features).Values.ToArray();
        expected.Score(digit, scores);
        Network.ImportOnnx(folder["a.onnx"]).Score(digit, imported);
        Assert.All(scores.Zip(imported), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));

        await page.Page.ClickAsync("[name=use]");
        await Assertions.Expect(page.Page.Locator("[name=model]")).ToHaveValueAsync("my-network");
        // A second one of the name it offers gets a number.
        await Begin(page.Page, epochs: 1);
        await AssertTrained(page.Page, "my-network-2");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Pauses_takes_a_step_goes_on_and_keeps_what_was_stopped()
    {
        await using OpenPage page = await browser.Open(Project);
        await page.Page.WaitUntilReady();
        await Begin(page.Page, epochs: 100_000);
        ILocator state = page.Page.Locator(".run .state");
        await page.Page.ClickAsync("[name=pause]");
        await Assertions.Expect(state).ToContainTextAsync("paused");
        string before = await Numbers(page.Page);
        await page.Page.ClickAsync("[name=step]");
        await Assertions.Expect(page.Page.Locator(".run .numbers")).Not.ToHaveTextAsync(before);
        await Assertions.Expect(state).ToContainTextAsync("paused");
        Assert.Equal(Step(before) + 1, Step(await Numbers(page.Page)));
        await page.Page.ClickAsync("[name=pause]");
        await Assertions.Expect(state).ToContainTextAsync("learns");
        await page.Page.ClickAsync("[name=stop]");
        await Assertions.Expect(state).ToContainTextAsync(new Regex(@"stopped: [0-9.]+% of 50 test samples right"), new() { Timeout = 30_000 });
        await Assertions.Expect(page.Page.Locator("[name=use]")).ToBeVisibleAsync();
        Assert.Empty(page.Faults);

        static int Step(string numbers)
        {
            Match match = Regex.Match(numbers, "Epoch ([0-9,]+) of [0-9,]+, step ([0-9]+) of ([0-9]+)");
            return (int.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) - 1) * int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture) + int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task Names_what_is_wrong_with_a_recipe_or_with_data_and_trains_on_a_table()
    {
        await using OpenPage page = await browser.Open(Project);
        await page.Page.WaitUntilReady();
        await page.Page.OpenTab("train");
        await Assertions.Expect(page.Page.Locator("[name=recipe]")).ToHaveValueAsync("dense");
        await page.Page.ClickAsync("#train summary");
        string json = await page.Page.InputValueAsync("[name=json]");
        ILocator fault = page.Page.Locator("#recipe-fault");
        await page.Page.FillAsync("[name=json]", json.Replace("\"units\": 10", "\"unist\": 10", StringComparison.Ordinal));
        await Assertions.Expect(fault).ToContainTextAsync("unist");
        await Assertions.Expect(page.Page.Locator("[name=start]")).ToBeDisabledAsync();
        await page.Page.FillAsync("[name=json]", json);
        await Assertions.Expect(fault).ToBeEmptyAsync();
        // A field and the JSON say the same.
        await page.Page.FillAsync("[name=epochs]", "7");
        Assert.Contains("\"epochs\": 7", await page.Page.InputValueAsync("[name=json]"), StringComparison.Ordinal);

        await page.Page.SelectOptionAsync("[name=data]", "drawings");
        await page.Page.ClickAsync("[name=start]");
        await Assertions.Expect(fault).ToContainTextAsync("You have kept fewer than two drawings");

        await page.Page.SelectOptionAsync("[name=data]", "file");
        await Assertions.Expect(page.Page.Locator("[name=recipe]")).ToHaveValueAsync("table");
        string table = "height,width,kind\n" + string.Concat(Enumerable.Range(0, 90).Select(i => $"{i % 10},{i * 7 % 10},{(i % 10 > 4 ? "tall" : "flat")}\n"));
        await page.Page.SetInputFilesAsync("[name=table]", new FilePayload { Name = "kinds.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(table) });
        await page.Page.FillAsync("[name=epochs]", "20");
        await page.Page.ClickAsync("[name=start]");
        await Assertions.Expect(page.Page.Locator(".run .state")).ToContainTextAsync("9 test samples right", new() { Timeout = 60_000 });
        // It reads no drawings, so it is not offered for them.
        await Assertions.Expect(page.Page.Locator("[name=safetensors]")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.Locator("[name=use]")).ToBeHiddenAsync();
        await Assertions.Expect(page.Page.Locator("#train .confusion th").Filter(new() { HasText = "tall" })).ToHaveCountAsync(2);

        await page.Page.SetInputFilesAsync("[name=table]", new FilePayload { Name = "letter.csv", MimeType = "text/csv", Buffer = [65] });
        await page.Page.ClickAsync("[name=start]");
        await Assertions.Expect(page.Page.Locator(".run .state")).ToContainTextAsync("failed: letter.csv", new() { Timeout = 30_000 });
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Keeps_own_drawings_measures_them_saves_them_and_forgets_them()
    {
        await using OpenPage page = await browser.Open(Project);
        await page.Page.WaitUntilReady();
        await page.Page.OpenTab("yourself");
        await Assertions.Expect(page.Page.Locator(".labels button").First).ToBeDisabledAsync();
        foreach (string label in (string[])["1", "7"])
        {
            await page.Page.DrawOne();
            await Assertions.Expect(page.Page.Locator(".labels button").First).ToBeEnabledAsync();
            // One with the mouse, and one with the keyboard.
            if (label == "1")
            {
                await page.Page.ClickAsync(".labels button:nth-child(2)");
            }
            else
            {
                await page.Page.FocusAsync(".labels button");
                await page.Page.Keyboard.PressAsync(label);
            }
            await Assertions.Expect(page.Page.Locator("#yourself [role=status]")).ToHaveTextAsync($"Kept as {label}.");
            await Assertions.Expect(page.Page.Locator(".answer")).ToHaveTextAsync("Draw a digit");
        }
        ILocator figure = page.Page.Locator("#yourself .figure");
        await Assertions.Expect(figure).ToHaveTextAsync("digits-small reads 1 of your 2 drawings as you meant them: 50.0%");
        await page.Page.AssertNoBarrier();
        await page.Page.ReloadAsync();
        await page.Page.WaitUntilReady();
        await Assertions.Expect(figure).ToHaveTextAsync("digits-small reads 1 of your 2 drawings as you meant them: 50.0%");
        await Assertions.Expect(page.Page.Locator(".gallery .wrong")).ToHaveTextAsync(new Regex("^7, read as 1"));

        List<IDownload> files = [];
        page.Page.Download += (_, file) => files.Add(file);
        await page.Page.ClickAsync("[name=save]");
        for (int i = 0; i < 500 && files.Count < 2; i++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        Assert.Equal(["train-images-idx3-ubyte", "train-labels-idx1-ubyte"], files.Select(file => file.SuggestedFilename));
        using TemporaryFolder folder = new();
        foreach (IDownload file in files)
        {
            await file.SaveAsAsync(folder[file.SuggestedFilename]);
        }
        DataSet kept = Idx.ReadPair(folder["train-images-idx3-ubyte"], folder["train-labels-idx1-ubyte"]);
        Assert.Equal([1, 7], ((ClassLabels)kept.Targets).Values.ToArray());
        Assert.Equal(1, Nabla.Digits.Load().Predict(((ByteFeatures)kept.Features)[0]).Label);

        await page.Page.ClickAsync("#yourself [name=train]");
        await Assertions.Expect(page.Page.Locator("#train [name=data]")).ToHaveValueAsync("drawings");
        await page.Page.OpenTab("yourself");
        await page.Page.ClickAsync(".gallery li:first-child button");
        await Assertions.Expect(figure).ToContainTextAsync("1 of your 1 drawing");
        page.Page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.Page.ClickAsync("[name=forget]");
        await Assertions.Expect(page.Page.Locator("#yourself .kept")).ToBeHiddenAsync();
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task On_a_server_models_and_trainings_are_the_servers_and_outlive_the_page()
    {
        using TemporaryFolder folder = new();
        await using WebServer server = await Serve(folder);
        await using OpenPage page = await browser.Open(server.Address);
        await page.Page.WaitUntilReady();
        await Assertions.Expect(page.Page.Locator("[name=model] option")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Page.Locator("header")).ToContainTextAsync("What you train on is sent to the server.");
        List<string> wrong = await DrawnDigits.Misread(5, async pixels =>
        {
            await page.Page.ClickAsync("[name=clear]", new() { Force = true });
            await page.Page.Draw(pixels);
            return await page.Page.Answer();
        });
        Assert.Empty(wrong);

        await Begin(page.Page, epochs: 100_000);
        await Begin(page.Page, epochs: 2);
        await Assertions.Expect(page.Page.Locator(".run .state")).ToContainTextAsync("my-network-2: waits for its turn, 1 before it");
        await Assertions.Expect(page.Page.Locator(".queue li")).ToHaveCountAsync(2);
        // Whoever comes back sees where it is.
        await page.Page.ReloadAsync();
        await page.Page.WaitUntilReady();
        await Assertions.Expect(page.Page.Locator(".queue li")).ToHaveCountAsync(2);
        await page.Page.ClickAsync(".queue li:first-child button");
        await Assertions.Expect(page.Page.Locator(".run .state")).ToContainTextAsync("my-network: learns");
        await Assertions.Expect(page.Page.Locator(".run .numbers")).ToContainTextAsync("of 100,000");
        await page.Page.ClickAsync("[name=stop]");
        await Assertions.Expect(page.Page.Locator("[name=safetensors]")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await page.Page.ClickAsync(".queue li:nth-child(2) button");
        await AssertTrained(page.Page, "my-network-2");
        Assert.Equal(Expected(epochs: 2).Parameters.ToArray(), Network.Load(folder["models/my-network-2.safetensors"]).Parameters.ToArray());
        await page.Page.ClickAsync("[name=use]");
        await Assertions.Expect(page.Page.Locator("[name=model]")).ToHaveValueAsync("my-network-2");
        await page.Page.DrawOne();
        await page.Page.Answer();
        await Assertions.Expect(page.Page.Locator("[name=model]")).ToHaveValueAsync("my-network-2");
        await page.Page.AssertNoBarrier();

        // The other panels, which compute in the browser with the server's network.
        await page.Page.OpenTab("inside");
        await Assertions.Expect(page.Page.Locator(".layers section")).ToHaveCountAsync(2);
        await page.Page.OpenTab("ladder");
        await Assertions.Expect(page.Page.Locator(".rungs li")).ToHaveCountAsync(14);
        await page.Page.OpenTab("break");
        await Assertions.Expect(page.Page.Locator(".verdict [role=status]")).ToContainTextAsync("of 100 right");
        Assert.Empty(page.Faults);
    }

    [Fact(Explicit = true)]
    public async Task Reads_97_of_100_digits_of_people_on_a_server()
    {
        using TemporaryFolder folder = new();
        await using WebServer server = await Serve(folder);
        await using OpenPage page = await browser.Open(server.Address);
        await page.Page.WaitUntilReady();
        await page.Page.SelectOptionAsync("[name=model]", "digits-small");
        List<string> wrong = await DrawnDigits.Misread(100, async pixels =>
        {
            await page.Page.ClickAsync("[name=clear]", new() { Force = true });
            await page.Page.Draw(pixels);
            return await page.Page.Answer();
        });
        Assert.True(wrong.Count <= 3, $"read {100 - wrong.Count} of 100, but {string.Join(", ", wrong)}");
    }

    [Fact]
    public async Task A_server_with_a_token_is_asked_with_it()
    {
        using TemporaryFolder folder = new();
        await using WebServer server = await Serve(folder, token: "secret");
        await using OpenPage page = await browser.Open(server.Address);
        List<string> asked = [];
        page.Page.Dialog += (_, dialog) =>
        {
            asked.Add(dialog.Message);
            dialog.AcceptAsync(asked.Count == 1 ? "another" : "secret");
        };
        await page.Page.ReloadAsync();
        await page.Page.WaitUntilReady();
        Assert.Equal(["This server asks for its token:", "This server asks for its token:"], asked);
        await page.Page.DrawOne();
        Assert.Equal("1", await page.Page.Answer());
    }

    private async Task<WebServer> Serve(TemporaryFolder folder, string? token = null)
    {
        Directory.CreateDirectory(folder["models"]);
        // Skipped where there is no browser, before there are files.
        await (await browser.Open(Project)).DisposeAsync();
        return await WebServer.StartAsync(new WebServerOptions { Port = 0, PageFolder = browser.FilesOf(Project), ModelFolder = folder["models"], Token = token });
    }

    /// <summary>Begins a training on a few built-in digits.</summary>
    private static async Task Begin(IPage page, int epochs)
    {
        await page.OpenTab("train");
        await page.SelectOptionAsync("[name=recipe]", "dense");
        await Assertions.Expect(page.Locator("[name=batchSize]")).ToHaveValueAsync("64");
        await page.FillAsync("[name=count]", $"{Digits}");
        await page.FillAsync("[name=epochs]", $"{epochs}");
        // Checked while it was filled in.
        await Assertions.Expect(page.Locator("[name=start]")).ToBeEnabledAsync();
        await Assertions.Expect(page.Locator("#recipe-fault")).ToBeEmptyAsync();
        await page.ClickAsync("[name=start]");
        await page.Locator(".run").WaitForAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator("#recipe-fault")).ToBeEmptyAsync();
    }

    private static async Task AssertTrained(IPage page, string name)
    {
        await Assertions.Expect(page.Locator(".run .state")).ToContainTextAsync(new Regex($@"^{name}: done: [0-9.]+% of 50 test samples right"), new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator("#train .confusion tr:not(:first-child) td")).ToHaveCountAsync(100);
        await Assertions.Expect(page.Locator("#train .kernels canvas")).ToHaveCountAsync(32);
        await Assertions.Expect(page.Locator("#train .plot.loss")).ToHaveAttributeAsync("aria-label", new Regex("^Loss: [0-9.]+ of training"));
        await Assertions.Expect(page.Locator($"[name=model] option[value={name}]")).ToHaveCountAsync(1);
    }

    /// <summary>What this machine makes of the same recipe and digits.</summary>
    private static Network Expected(int epochs)
    {
        Recipe recipe = RecipeBook.Get("dense");
        return (recipe with { Training = recipe.Training with { Epochs = epochs } }).Train(new TrainAndTest(SyntheticDigits.Generate(Digits, 1), SyntheticDigits.Generate(Digits / 6, 2), "built-in"));
    }

    private static async Task<string> Numbers(IPage page) => (await page.TextContentAsync(".run .numbers"))!;

    private static async Task Download(IPage page, string name, string path)
    {
        IDownload file = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync($"#train [name={name}]"));
        Assert.Equal($"my-network.{name}", file.SuggestedFilename);
        await file.SaveAsAsync(path);
    }
}
