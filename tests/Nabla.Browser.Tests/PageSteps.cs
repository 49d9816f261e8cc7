using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Nabla.Browser.Tests;

/// <summary>What people do with the page, and what is looked at afterwards.</summary>
internal static class PageSteps
{
    /// <summary>Waits until it can be drawn on.</summary>
    public static Task WaitUntilReady(this IPage page) => page.Locator("body[data-ready]").WaitForAsync(new() { Timeout = 120_000 });

    public static Task OpenTab(this IPage page, string name) => page.ClickAsync($"#{name}-tab");

    public static async Task AssertNoBarrier(this IPage page)
    {
        foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            AxeResult result = await page.RunAxe();
            Assert.Empty(result.Violations.Select(violation => $"{violation.Id}: {violation.Help} {violation.Nodes[0].Html}"));
            Assert.NotEmpty(result.Passes);
        }
    }

    /// <summary>The answer to all that is drawn.</summary>
    public static async Task<string> Answer(this IPage page)
    {
        await page.Locator("#reading:not([aria-busy=true])").WaitForAsync(new() { Timeout = 30_000 });
        return (await page.TextContentAsync(".answer"))!;
    }

    public static Task DrawOne(this IPage page) => Stroke(page, (0.5, 0.15), (0.5, 0.85));

    public static async Task Stroke(this IPage page, params (double X, double Y)[] points)
    {
        await page.Locator("#pad canvas").ScrollIntoViewIfNeededAsync();
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
    public static async Task Draw(this IPage page, byte[] pixels)
    {
        (double width, List<(double X, double Y)[]> strokes) = DrawnDigits.Strokes(pixels);
        // The pen's width is one of the pad's hundredths.
        await page.EvaluateAsync("width => { document.querySelector('[name=width]').value = width }", (int)Math.Round(100 * width / 28));
        foreach ((double X, double Y)[] stroke in strokes)
        {
            await Stroke(page, [.. stroke.Select(point => (point.X / 28, point.Y / 28))]);
        }
    }
}
