using System.Text;
using Nabla.IO;

namespace Nabla.Cli.Reports;

/// <summary>A page of one file: its sections one below the other, the style sheet in it, and nothing that a browser would have to fetch.</summary>
internal sealed class HtmlPage
{
    // By which a page of ours is known when it is to be written again.
    private const string Generator = "<meta name=\"generator\" content=\"Nabla\"/>";
    private const int GeneratorWithin = 1024;

    private readonly string _title;
    private readonly string _subtitle;
    private readonly List<(string Id, string Heading, Html Contents)> _sections = [];

    /// <param name="title">What it is about.</param>
    /// <param name="subtitle">A line below it.</param>
    public HtmlPage(string title, string subtitle)
    {
        _title = title;
        _subtitle = subtitle;
    }

    /// <summary>Adds a section at the end.</summary>
    /// <param name="id">By which it is linked to: <c>curves</c>.</param>
    /// <param name="heading">What stands above it.</param>
    /// <param name="contents">What is in it.</param>
    public void Add(string id, string heading, Html contents) => _sections.Add((id, heading, contents));

    /// <exception cref="ArgumentException">It does not end as pages do.</exception>
    /// <exception cref="IOException">There is something else of that name.</exception>
    public static void ThrowUnlessFree(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".html" or ".htm"))
        {
            throw new ArgumentException($"--out: found '{path}', expected a file that ends in .html.");
        }
        if (!File.Exists(path))
        {
            return;
        }
        using FileStream file = InputFile.Open(path);
        byte[] start = new byte[GeneratorWithin];
        int length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (!Encoding.UTF8.GetString(start, 0, length).Contains(Generator, StringComparison.Ordinal))
        {
            throw new IOException($"--out: {path} is there already and no page of nabla's, which would be lost; name another file, or delete it first.");
        }
    }

    /// <summary>Writes it, all at once.</summary>
    public void Write(string path) => AtomicFile.Write(path, ToString());

    public override string ToString() => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        {Html.Trusted(Generator)}
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <title>{_title}</title>
        <style>{Html.Trusted(StyleSheet())}</style>
        </head>
        <body>
        <header>
        <h1>{_title}</h1>
        <p class="lead">{_subtitle}</p>
        <nav aria-label="Sections"><ul>{_sections.Select(section => Html.Of($"<li><a href=\"#{section.Id}\">{section.Heading}</a></li>"))}</ul></nav>
        </header>
        <main>
        {_sections.Select(section => Html.Of($"""
        <section id="{section.Id}" aria-labelledby="{section.Id}-heading">
        <h2 id="{section.Id}-heading">{section.Heading}</h2>
        {section.Contents}
        </section>

        """))}</main>
        <footer><p>Written by nabla {typeof(HtmlPage).Assembly.GetName().Version!.ToString(3)}. This file is self-contained: no scripts, no external resources.</p></footer>
        </body>
        </html>

        """).ToString();

    private static string StyleSheet()
    {
        using Stream stream = typeof(HtmlPage).Assembly.GetManifestResourceStream("report.css")!;
        using StreamReader reader = new(stream);
        return $"\n{reader.ReadToEnd()}";
    }
}
