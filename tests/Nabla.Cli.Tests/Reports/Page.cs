using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Nabla.Cli.Tests.Reports;

/// <summary>A page that a command has written, read as browsers read it; what they would have to mend is an error.</summary>
internal static class Page
{
    public static IDocument Read(string path)
    {
        string text = File.ReadAllText(path);
        IDocument page = new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(text);
        AssertNothingIsFetched(page);
        AssertForEveryone(page);
        return page;
    }

    /// <summary>Text of one element, blanks and line ends as one blank.</summary>
    public static string Text(this IParentNode page, string selector) =>
        string.Join(' ', (page.QuerySelector(selector) ?? throw new InvalidOperationException($"The page has no {selector}.")).TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Identifiers of the sections, in order.</summary>
    public static string[] Sections(IDocument page) => [.. page.QuerySelectorAll("main > section").Select(section => section.Id!)];

    /// <summary>A figure of the summary by its name.</summary>
    public static string Headline(IDocument page, string name) =>
        page.QuerySelectorAll(".headline div").Single(figure => figure.QuerySelector("dt")!.TextContent == name).QuerySelector("dd")!.FirstChild!.TextContent;

    /// <summary>Cells of a table's body, row by row.</summary>
    public static string[][] Cells(this IParentNode page, string selector) =>
        [.. page.QuerySelectorAll($"{selector} tbody tr").Select(row => row.Children.Select(cell => cell.TextContent.Trim()).ToArray())];

    private static void AssertNothingIsFetched(IDocument page)
    {
        Assert.Empty(page.QuerySelectorAll("script, link, iframe, object, embed, form"));
        foreach (IElement element in page.All)
        {
            foreach (IAttr attribute in element.Attributes)
            {
                Assert.False(attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase), $"{element.LocalName} {attribute.Name}");
                if (attribute.Name is "src" or "href" or "srcset" or "poster" or "data" or "xlink:href")
                {
                    Assert.True(attribute.Value.StartsWith(element.LocalName == "img" ? "data:image/png;base64," : "#", StringComparison.Ordinal), attribute.Value[..Math.Min(80, attribute.Value.Length)]);
                }
            }
        }
        string style = page.QuerySelector("style")!.TextContent;
        Assert.DoesNotContain("url(", style, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", style, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whoever does not see it, or sees it in the dark or on paper, has it, too.</summary>
    private static void AssertForEveryone(IDocument page)
    {
        Assert.All(page.QuerySelectorAll("img"), image => Assert.NotEqual("", image.GetAttribute("alt") ?? ""));
        Assert.All(page.QuerySelectorAll("svg[role=img]"), drawing => Assert.True(drawing.GetAttribute("aria-label")?.Length > 20));
        Assert.All(page.QuerySelectorAll("nav a"), link => Assert.NotNull(page.GetElementById(link.GetAttribute("href")![1..])));
        string style = page.QuerySelector("style")!.TextContent;
        Assert.Contains("prefers-color-scheme: dark", style, StringComparison.Ordinal);
        Assert.Contains("@media print", style, StringComparison.Ordinal);
        Assert.All(page.QuerySelectorAll("svg *").SelectMany(mark => mark.Attributes).Where(attribute => attribute.Name is "d" or "x" or "y" or "cx" or "cy" or "width" or "height"), attribute => Assert.DoesNotMatch("NaN|∞|Infinity", attribute.Value));
    }
}
