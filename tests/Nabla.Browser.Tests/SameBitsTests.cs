using Nabla.Tests;

namespace Nabla.Browser.Tests;

/// <summary>Networks of all kinds that are trained in a browser have the weights that they get elsewhere, bit for bit.</summary>
[Collection("One after the other")]
public sealed class SameBitsTests(Browser browser)
{
    /// <summary>Three threads are asked for, and a browser has one.</summary>
    [Fact]
    public async Task Trainings_end_with_the_same_weights_as_on_this_machine()
    {
        await using OpenPage page = await browser.Open("tests/Nabla.BrowserProcess", "?3&few");
        string[] expected = Hashes(DotNet.Run("dotnet", AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "Nabla.TestProcess.dll"), "1", "few").Split('\n'));
        await page.Page.WaitForFunctionAsync("window.exitCode !== undefined", null, new() { Timeout = 600_000 });
        Assert.Empty(page.Faults);
        Assert.InRange(expected.Length, 20, 100);
        Assert.Equal(expected, Hashes(page.Lines));
    }

    /// <summary>Of lines such as "recipe NAME THREADS HASH" all but the number of threads.</summary>
    private static string[] Hashes(IEnumerable<string> lines) =>
        [.. lines.Select(line => line.Trim().Split(' ')).Where(words => words[0] is "hash" or "recipe").Select(words => $"{string.Join(' ', words[..^2])} {words[^1]}")];
}
