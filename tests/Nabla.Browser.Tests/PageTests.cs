using System.Globalization;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
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
        foreach (int width in new[] { 360, 800, 1400, 2560 })
        {
            await page.Page.SetViewportSizeAsync(width, 900);
            Assert.Equal(width, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
        Assert.Empty(page.Faults);
        Assert.InRange(browser.CompressedBytesOf(Project), 1, 3_000_000);
    }

    [Fact]
    public Task Reads_digits_of_people_stroke_by_stroke_and_answers_while_they_are_drawn() => ReadsDrawn(20, mayMiss: 1);

    [Fact(Explicit = true)]
    public Task Reads_97_of_100_digits_of_people() => ReadsDrawn(100, mayMiss: 3);

    private async Task ReadsDrawn(int count, int mayMiss)
    {
        await using OpenPage page = await Ready();
        List<string> wrong = await DrawnDigits.Misread(count, async pixels =>
        {
            await page.Page.ClickAsync("[name=clear]", new() { Force = true });
            await Draw(page.Page, pixels);
            return await Answer(page.Page);
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
        await DrawOne(page.Page);
        Assert.Equal("1", await Answer(page.Page));
        await Assertions.Expect(page.Page.Locator(".layers section")).ToHaveCountAsync(4);
        // Sixteen kernels, and the ten outputs.
        await Assertions.Expect(page.Page.Locator(".layers section:first-child canvas")).ToHaveCountAsync(16);
        await Assertions.Expect(page.Page.Locator(".layers section:last-child canvas")).ToHaveCountAsync(10);
        await Assertions.Expect(page.Page.Locator(".causes canvas")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Page.Locator(".steps figure")).ToHaveCountAsync(3);

        await page.Page.ClickAsync("[name=undo]");
        await Assertions.Expect(page.Page.Locator(".answer")).ToHaveTextAsync("Draw a digit");
        await Assertions.Expect(page.Page.Locator(".layers section")).ToHaveCountAsync(0);
        Assert.True(await page.Page.IsDisabledAsync("[name=undo]"));

        for (int line = 0; line < 4; line++)
        {
            await Stroke(page.Page, (0.1, 0.2 + 0.2 * line), (0.9, 0.2 + 0.2 * line));
        }
        Assert.Equal("Not a digit", await Answer(page.Page));
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
        Assert.Equal("1", await Answer(page.Page));
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

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Has_no_barrier_that_axe_finds(ColorScheme scheme)
    {
        await using OpenPage page = await Ready();
        await page.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await DrawOne(page.Page);
        await Assertions.Expect(page.Page.Locator(".causes canvas")).ToHaveCountAsync(2);
        AxeResult result = await page.Page.RunAxe();
        Assert.Empty(result.Violations.Select(violation => $"{violation.Id}: {violation.Help} {violation.Nodes[0].Html}"));
        Assert.NotEmpty(result.Passes);
    }

    [Fact]
    public async Task Lets_the_networks_of_the_ladder_read_the_same_drawing()
    {
        await using OpenPage page = await Ready();
        Assert.DoesNotContain(page.Requests, path => path.Contains("ladder/", StringComparison.Ordinal));
        await DrawOne(page.Page);
        await Answer(page.Page);

        // A network that cannot be fetched is said, and fetched when that is asked for.
        await page.Page.RouteAsync("**/relu-online.safetensors", route => route.FulfillAsync(new() { Status = 404 }));
        await OpenTab(page.Page, "ladder");
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
        await AssertNoBarrier(page.Page);

        await page.Page.ClickAsync("[name=clear]");
        await Assertions.Expect(rungs.Nth(0).Locator("b")).ToBeEmptyAsync();
        // The one that was refused is written to the console by the browser itself.
        Assert.Single(page.Faults);
    }

    [Fact]
    public async Task Breaks_the_network_and_what_it_sees_with_the_keyboard_and_mends_both()
    {
        await using OpenPage page = await Ready();
        await OpenTab(page.Page, "break");
        await Assertions.Expect(page.Page.Locator(".hundred li")).ToHaveCountAsync(100);
        int before = await Right(page.Page);
        Assert.InRange(before, 97, 100);

        await Press(page.Page, "noise", "End");
        Assert.InRange(await Right(page.Page), 0, 60);
        // Each says in words what it is taken for.
        Assert.Equal(await Right(page.Page), await page.Page.Locator(".hundred li:not(.wrong) .unseen").Filter(new() { HasTextRegex = new Regex("^[0-9]: right$") }).CountAsync());
        Assert.Equal(100 - await Right(page.Page), await page.Page.Locator(".hundred .wrong .unseen").Filter(new() { HasTextRegex = new Regex("^[0-9]: wrong, read as [0-9]$") }).CountAsync());
        await AssertNoBarrier(page.Page);
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

    private static Task OpenTab(IPage page, string name) => page.ClickAsync($"#{name}-tab");

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

    private static async Task AssertNoBarrier(IPage page)
    {
        foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            AxeResult result = await page.RunAxe();
            Assert.Empty(result.Violations.Select(violation => $"{violation.Id}: {violation.Help} {violation.Nodes[0].Html}"));
            Assert.NotEmpty(result.Passes);
        }
    }

    private async Task<OpenPage> Ready()
    {
        OpenPage page = await browser.Open(Project);
        await page.Page.Locator("body[data-ready]").WaitForAsync(new() { Timeout = 120_000 });
        return page;
    }

    /// <summary>The answer to all that is drawn.</summary>
    private static async Task<string> Answer(IPage page)
    {
        await page.Locator("#reading:not([aria-busy=true])").WaitForAsync(new() { Timeout = 30_000 });
        return (await page.TextContentAsync(".answer"))!;
    }

    private static Task DrawOne(IPage page) => Stroke(page, (0.5, 0.15), (0.5, 0.85));

    private static async Task Stroke(IPage page, params (double X, double Y)[] points)
    {
        LocatorBoundingBoxResult box = (await page.Locator("#pad canvas").BoundingBoxAsync())!;
        for (int i = 0; i < points.Length; i++)
        {
            await page.Mouse.MoveAsync((float)(box.X + points[i].X * box.Width), (float)(box.Y + points[i].Y * box.Height));
            if (i == 0)
            {
                await page.Mouse.DownAsync();
            }
        }
        await page.Mouse.UpAsync();
    }

    /// <summary>Draws an image of 28×28 levels, along the middle of its ink with a pen as wide as that is.</summary>
    private static async Task Draw(IPage page, byte[] pixels)
    {
        (double width, List<(double X, double Y)[]> strokes) = DrawnDigits.Strokes(pixels);
        // The pen's width is one of the pad's hundredths.
        await page.EvaluateAsync("width => { document.querySelector('[name=width]').value = width }", (int)Math.Round(100 * width / 28));
        foreach ((double X, double Y)[] stroke in strokes)
        {
            await Stroke(page, [.. stroke.Select(point => (point.X / 28, point.Y / 28))]);
        }
    }

    private static void Ink(byte[] levels, int left, int top, int width, int height)
    {
        for (int y = top; y < top + height; y++)
        {
            levels.AsSpan(y * 200 + left, width).Fill(240);
        }
    }
}
