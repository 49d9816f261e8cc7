using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Nabla.Browser.Tests;

/// <summary>samples/browser as a reader of it uses it.</summary>
[Collection("One after the other")]
public sealed class SamplePageTests(Browser browser)
{
    private const string Sample = "samples/browser";

    // Of the pad in pixels of the screen, for one of the image.
    private const int Zoom = 10;

    [Fact]
    public async Task Starts_without_an_error_or_a_request_to_elsewhere_and_fits_a_telephone()
    {
        await using OpenPage page = await Ready();
        await Assertions.Expect(page.Page.Locator("h1")).ToHaveTextAsync("Nabla in the browser");
        int width = await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        Assert.InRange(width, 1, 360);
        Assert.Empty(page.Faults);
        Assert.InRange(browser.CompressedBytesOf(Sample, page.Requests), 1, 2_800_000);
    }

    [Fact]
    public async Task Reads_digits_of_people_that_are_drawn_on_the_pad()
    {
        await using OpenPage page = await Ready();
        const int Count = 4;
        List<string> wrong = await DrawnDigits.Misread(Count, pixels => Draw(page.Page, pixels));
        Assert.True(wrong.Count == 0, $"read {Count - wrong.Count} of {Count}, but {string.Join(", ", wrong)}");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Says_what_is_no_digit()
    {
        await using OpenPage page = await Ready();
        byte[] scribble = new byte[784];
        for (int y = 2; y < 26; y += 4)
        {
            scribble.AsSpan(y * 28 + 2, 24).Fill(255);
        }
        Assert.Equal("Not a digit", await Draw(page.Page, scribble));
        await page.Page.ClickAsync("#clear");
        await Assertions.Expect(page.Page.Locator("#answer")).ToHaveTextAsync("");
    }

    [Fact]
    public async Task Trains_while_the_page_stays_alive_and_reads_with_what_it_has_trained()
    {
        await using OpenPage page = await Ready();
        // By keyboard.
        await page.Page.FocusAsync("#start");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.Locator("#status")).ToContainTextAsync("Epoch 1", new() { Timeout = 120_000 });
        // Frames are shown meanwhile, and it still reads.
        int frames = await page.Page.EvaluateAsync<int>(
            "new Promise(done => { let frames = 0; const end = performance.now() + 2000; const next = now => { frames++; now < end ? requestAnimationFrame(next) : done(frames); }; requestAnimationFrame(next); })");
        Assert.True(frames >= 5, $"{frames} frames in 2 seconds");
        await page.Page.ClickAsync("#example");
        await Assertions.Expect(page.Page.Locator("#answer")).ToContainTextAsync("0", new() { Timeout = 30_000 });
        await Assertions.Expect(page.Page.Locator("#status")).ToContainTextAsync("Trained", new() { Timeout = 300_000 });
        string status = (await page.Page.TextContentAsync("#status"))!;
        int percent = int.Parse(Regex.Match(status, "reads ([0-9]+)%").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(percent, 85, 100);
        Assert.True(await page.Page.IsCheckedAsync("#own"));
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Stops_when_it_is_told_to()
    {
        await using OpenPage page = await Ready();
        await page.Page.ClickAsync("#start");
        await Assertions.Expect(page.Page.Locator("#status")).ToContainTextAsync("Epoch 2", new() { Timeout = 120_000 });
        await page.Page.ClickAsync("#stop");
        await Assertions.Expect(page.Page.Locator("#status")).ToContainTextAsync("Stopped: reads", new() { Timeout = 10_000 });
        await Assertions.Expect(page.Page.Locator("#start")).ToBeEnabledAsync();
        await Assertions.Expect(page.Page.Locator("#stop")).ToBeDisabledAsync();
        Assert.Empty(page.Faults);
    }

    private async Task<OpenPage> Ready()
    {
        OpenPage page = await browser.Open(Sample);
        await page.Page.Locator("#pad").WaitForAsync(new() { Timeout = 120_000 });
        return page;
    }

    /// <summary>Draws an image of 28×28 levels, along the middle of its ink; returns the answer.</summary>
    private static async Task<string> Draw(IPage page, byte[] pixels)
    {
        if (await page.IsEnabledAsync("#clear"))
        {
            await page.ClickAsync("#clear");
        }
        LocatorBoundingBoxResult pad = (await page.Locator("#pad").BoundingBoxAsync())!;
        foreach ((double X, double Y)[] stroke in DrawnDigits.Strokes(pixels).Strokes)
        {
            await page.Mouse.MoveAsync(At(pad.X, stroke[0].X), At(pad.Y, stroke[0].Y));
            await page.Mouse.DownAsync();
            foreach ((double x, double y) in stroke)
            {
                await page.Mouse.MoveAsync(At(pad.X, x), At(pad.Y, y));
            }
            await page.Mouse.UpAsync();
        }
        ILocator answer = page.Locator("#answer");
        await Assertions.Expect(answer).ToHaveAttributeAsync("aria-busy", "false", new() { Timeout = 30_000 });
        return (await answer.TextContentAsync())!;
    }

    private static float At(float begin, double pixel) => (float)(begin + pixel * Zoom);
}
