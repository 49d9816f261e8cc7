using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Nabla.Tests;

namespace Nabla.Browser.Tests;

/// <summary>The page of <c>nabla page</c>, from any web server.</summary>
[Collection("One after the other")]
public sealed class PageTests(Browser browser)
{
    private const string Project = "src/Nabla.Page";

    [Fact]
    public async Task Starts_without_an_error_or_a_request_to_elsewhere_fits_every_width_and_is_small()
    {
        await using OpenPage page = await Ready();
        await Assertions.Expect(page.Page.Locator("header")).ToContainTextAsync("nothing leaves this page.");
        foreach (int width in new[] { 360, 800, 1400, 2560 })
        {
            await page.Page.SetViewportSizeAsync(width, 900);
            Assert.Equal(width, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
        Assert.Empty(page.Faults);
        Assert.InRange(browser.CompressedBytesOf(Project, page.Requests), 1, 2_500_000);
    }

    [Fact]
    public Task Reads_digits_of_people_stroke_by_stroke_and_answers_while_they_are_drawn() => ReadsDrawn(10, mayMiss: 0);

    [Fact(Explicit = true)]
    public Task Reads_97_of_100_digits_of_people() => ReadsDrawn(100, mayMiss: 3);

    private async Task ReadsDrawn(int count, int mayMiss)
    {
        await using OpenPage page = await Ready();
        List<string> wrong = await DrawnDigits.Misread(count, async pixels =>
        {
            await page.Page.ClickAsync("[name=clear]", new() { Force = true });
            await page.Page.Draw(pixels);
            return await page.Page.Answer();
        });
        Assert.True(wrong.Count <= mayMiss, $"read {count - wrong.Count} of {count}, but {string.Join(", ", wrong)}");
        TestContext.Current.TestOutputHelper?.WriteLine($"read {count - wrong.Count} of {count}{string.Concat(wrong.Select(one => $", {one}"))}");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Looks_inside_undoes_clears_and_says_what_is_no_digit()
    {
        await using OpenPage page = await Ready();
        await Assertions.Expect(page.Page.Locator(".layers section")).ToHaveCountAsync(0);
        await page.Page.DrawOne();
        Assert.Equal("1", await page.Page.Answer());
        await Assertions.Expect(page.Page.Locator(".layers section")).ToHaveCountAsync(4);
        // Sixteen kernels, and the ten outputs.
        await Assertions.Expect(page.Page.Locator(".layers section:first-child .tiles canvas")).ToHaveCountAsync(16);
        await Assertions.Expect(page.Page.Locator(".layers section:last-child .tiles canvas")).ToHaveCountAsync(10);
        await Assertions.Expect(page.Page.Locator(".graph .block")).ToHaveCountAsync(5);
        // What a unit reads: with the mouse, and with the keyboard from one to the next.
        await page.Page.HoverAsync(".layers section:nth-child(2) .tiles button:nth-child(4)");
        await Assertions.Expect(page.Page.Locator(".layers section:nth-child(2) .unit")).ToContainTextAsync("Its 3×3 weights for the 12 channels that add most");
        await Assertions.Expect(page.Page.Locator(".layers section:nth-child(2) .unit li")).ToHaveCountAsync(12);
        await page.Page.FocusAsync(".layers section:last-child .tiles button");
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.Page.Locator(".layers section:last-child .unit")).ToContainTextAsync("“1”: ");
        await Assertions.Expect(page.Page.Locator(".layers section:last-child .tiles [aria-pressed=true]")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Page.Locator(".causes canvas")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Page.Locator(".steps figure")).ToHaveCountAsync(3);

        await page.Page.ClickAsync("[name=undo]");
        await Assertions.Expect(page.Page.Locator(".answer")).ToHaveTextAsync("Draw a digit");
        await Assertions.Expect(page.Page.Locator(".layers section")).ToHaveCountAsync(0);
        Assert.True(await page.Page.IsDisabledAsync("[name=undo]"));

        for (int line = 0; line < 4; line++)
        {
            await page.Page.Stroke((0.1, 0.2 + 0.2 * line), (0.9, 0.2 + 0.2 * line));
        }
        Assert.Equal("Not a digit", await page.Page.Answer());
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Is_drawn_on_with_the_keyboard()
    {
        await using OpenPage page = await Ready();
        await page.Page.FocusAsync("#pad canvas");
        for (int i = 0; i < 10; i++)
        {
            await page.Page.Keyboard.PressAsync("ArrowUp");
        }
        await page.Page.Keyboard.PressAsync(" ");
        for (int i = 0; i < 20; i++)
        {
            await page.Page.Keyboard.PressAsync("ArrowDown");
        }
        await page.Page.Keyboard.PressAsync(" ");
        Assert.Equal("1", await page.Page.Answer());
        await page.Page.Keyboard.PressAsync("Backspace");
        await Assertions.Expect(page.Page.Locator(".answer")).ToHaveTextAsync("Draw a digit");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Fetches_the_large_network_when_it_is_chosen_and_reads_a_picture()
    {
        await using OpenPage page = await Ready();
        Assert.DoesNotContain(page.Requests, path => path.Contains("models/", StringComparison.Ordinal));
        await page.Page.SelectOptionAsync("[name=model]", "digits");
        // A four, white on a darker ground and not in the middle.
        byte[] levels = [.. Enumerable.Repeat((byte)90, 200 * 160)];
        Ink(levels, 60, 30, 8, 50);
        Ink(levels, 60, 74, 60, 8);
        Ink(levels, 100, 30, 8, 100);
        using TemporaryFolder folder = new();
        PictureFile.WritePng(folder["four.png"], levels, 200, 160);
        await page.Page.SetInputFilesAsync("[name=file]", folder["four.png"]);
        await Assertions.Expect(page.Page.Locator(".answer")).ToHaveTextAsync(new Regex("^4"), new() { Timeout = 30_000 });
        Assert.Contains(page.Requests, path => path.EndsWith("models/digits.safetensors", StringComparison.Ordinal));
        // What is no picture is said, and what was there stays.
        await page.Page.SetInputFilesAsync("[name=file]", new FilePayload { Name = "letter.txt", MimeType = "text/plain", Buffer = [65, 66] });
        await Assertions.Expect(page.Page.Locator("#pad [role=status]")).ToContainTextAsync("letter.txt: this browser cannot read it");
        await Assertions.Expect(page.Page.Locator(".answer")).ToHaveTextAsync(new Regex("^4"));
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Has_no_barrier_that_axe_finds()
    {
        await using OpenPage page = await Ready();
        await page.Page.DrawOne();
        await Assertions.Expect(page.Page.Locator(".causes canvas")).ToHaveCountAsync(2);
        await page.Page.AssertNoBarrier();
    }

    [Fact]
    public async Task Lets_the_networks_of_the_ladder_read_the_same_drawing()
    {
        await using OpenPage page = await Ready();
        Assert.DoesNotContain(page.Requests, path => path.Contains("ladder/", StringComparison.Ordinal));
        await page.Page.DrawOne();
        await page.Page.Answer();

        // A network that cannot be fetched is said, and fetched when that is asked for.
        await page.Page.RouteAsync("**/relu-online.safetensors", route => route.FulfillAsync(new() { Status = 404 }));
        await page.Page.OpenTab("ladder");
        ILocator rungs = page.Page.Locator(".rungs li");
        await Assertions.Expect(rungs).ToHaveCountAsync(14);
        await Assertions.Expect(page.Page.Locator("#ladder .failure")).ToContainTextAsync("relu-online.safetensors: the server answered 404.");
        await Assertions.Expect(rungs.Nth(0).Locator("b")).ToHaveTextAsync("1");
        await Assertions.Expect(rungs.Nth(1).Locator("b")).ToBeEmptyAsync();
        await page.Page.UnrouteAsync("**/relu-online.safetensors");
        await page.Page.FocusAsync("#ladder [name=again]");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(rungs.Nth(13).Locator(".said")).ToContainTextAsync("the best", new() { Timeout = 30_000 });
        await Assertions.Expect(page.Page.Locator("#ladder .failure")).ToBeHiddenAsync();
        await Assertions.Expect(page.Page.Locator("#ladder .fetching")).ToBeHiddenAsync();

        // All that are better than the notebooks' plainest read a straight stroke as the best does.
        foreach (int rung in Enumerable.Range(1, 12))
        {
            await Assertions.Expect(rungs.Nth(rung).Locator("b")).ToHaveTextAsync("1");
            await Assertions.Expect(rungs.Nth(rung).Locator(".said")).ToContainTextAsync("agrees");
        }
        // Outputs that are no probabilities are no percentages.
        await Assertions.Expect(rungs.Nth(0).Locator(".said")).Not.ToContainTextAsync("%");
        await Assertions.Expect(rungs.Nth(2).Locator(".said")).ToContainTextAsync("%");
        await Assertions.Expect(rungs.Nth(0)).ToContainTextAsync("77.82% right · 7,840 weights · 17 kB");
        await page.Page.AssertNoBarrier();

        await page.Page.ClickAsync("[name=clear]");
        await Assertions.Expect(rungs.Nth(0).Locator("b")).ToBeEmptyAsync();
        // The one that was refused is written to the console by the browser itself.
        Assert.Single(page.Faults);
    }

    [Fact]
    public async Task Breaks_the_network_and_what_it_sees_with_the_keyboard_and_mends_both()
    {
        await using OpenPage page = await Ready();
        await page.Page.OpenTab("break");
        await Assertions.Expect(page.Page.Locator(".hundred li")).ToHaveCountAsync(100);
        int before = await Right(page.Page);
        Assert.InRange(before, 97, 100);

        await Press(page.Page, "noise", "End");
        Assert.InRange(await Right(page.Page), 0, 60);
        // Each says in words what it is taken for.
        Assert.Equal(await Right(page.Page), await page.Page.Locator(".hundred li:not(.wrong) .unseen").Filter(new() { HasTextRegex = new Regex("^[0-9]: right$") }).CountAsync());
        Assert.Equal(100 - await Right(page.Page), await page.Page.Locator(".hundred .wrong .unseen").Filter(new() { HasTextRegex = new Regex("^[0-9]: wrong, read as [0-9]$") }).CountAsync());
        await page.Page.AssertNoBarrier();
        await Press(page.Page, "noise", "Home");
        Assert.Equal(before, await Right(page.Page));

        foreach ((string slider, int most) in new[] { ("shiftX", 90), ("shiftY", 60), ("degrees", 90), ("erased", 20) })
        {
            await Press(page.Page, slider, "End");
            Assert.InRange(await Right(page.Page), 0, most);
            await page.Page.FocusAsync("#break [name=reset]");
            await page.Page.Keyboard.PressAsync("Enter");
            Assert.Equal(before, await Right(page.Page));
        }

        // One bit of a weight is too few, eight are not; with all units of the first layer off every image is the same to the others.
        await page.Page.SelectOptionAsync("#break [name=bits]", "1");
        Assert.InRange(await Right(page.Page), 0, 80);
        await page.Page.SelectOptionAsync("#break [name=bits]", "8");
        Assert.InRange(await Right(page.Page), before - 2, 100);
        await page.Page.ClickAsync(".units summary");
        await page.Page.ClickAsync(".units [data-unit='3']");
        await Assertions.Expect(page.Page.Locator("label:has([name=off]) output")).ToHaveTextAsync("1 of 16");
        await Press(page.Page, "off", "End");
        await Assertions.Expect(page.Page.Locator(".units [aria-pressed=true]")).ToHaveCountAsync(16);
        Assert.Equal(10, await Right(page.Page));

        await page.Page.ClickAsync("#break [name=reset]");
        Assert.Equal(before, await Right(page.Page));
        await Assertions.Expect(page.Page.Locator(".units [aria-pressed=true]")).ToHaveCountAsync(0);
        Assert.Empty(page.Faults);
    }

    private static async Task Press(IPage page, string slider, string key)
    {
        await page.FocusAsync($"#break [name={slider}]");
        await page.Keyboard.PressAsync(key);
    }

    /// <summary>How many of the hundred digits are right, once all that was asked for is computed.</summary>
    private static async Task<int> Right(IPage page)
    {
        ILocator verdict = page.Locator(".verdict:not([aria-busy=true]) [role=status]");
        await Assertions.Expect(verdict).ToHaveTextAsync(new Regex("^[0-9]+ of 100 right"), new() { Timeout = 30_000 });
        return int.Parse((await verdict.TextContentAsync())!.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private async Task<OpenPage> Ready()
    {
        OpenPage page = await browser.Open(Project);
        await page.Page.WaitUntilReady();
        return page;
    }

    private static void Ink(byte[] levels, int left, int top, int width, int height)
    {
        for (int y = top; y < top + height; y++)
        {
            levels.AsSpan(y * 200 + left, width).Fill(240);
        }
    }
}
