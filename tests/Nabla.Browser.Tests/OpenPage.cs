using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Nabla.Browser.Tests;

/// <summary>A page in the browser, whose files come from a folder, and what went wrong with it.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    // Nobody's: all requests are answered here.
    private const string Origin = "https://nabla.test/";

    private readonly IBrowserContext _context;
    private readonly string _folder;
    private readonly ConcurrentQueue<string> _faults = [];
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly ConcurrentQueue<string> _requests = [];

    private OpenPage(IBrowserContext context, IPage page, string folder)
    {
        _context = context;
        Page = page;
        _folder = folder;
        page.Console += (_, message) => (message.Type is "error" or "warning" ? _faults : _lines).Enqueue(message.Text);
        page.PageError += (_, error) => _faults.Enqueue(error);
    }

    public IPage Page { get; }

    /// <summary>What the page has written to the console.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>The paths of all files that it has asked for.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Errors, warnings and requests to elsewhere.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public static async Task<OpenPage> Open(IBrowser browser, string folder, string query)
    {
        // As narrow as a small telephone.
        IBrowserContext context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 360, Height = 740 } });
        OpenPage page = new(context, await context.NewPageAsync(), folder);
        await context.RouteAsync("**/*", page.Answer);
        await page.Page.GotoAsync(Origin + query);
        return page;
    }

    /// <summary>Opens a page of a server.</summary>
    /// <param name="browser">Opens it.</param>
    /// <param name="address">Where the server listens: whatever is asked for elsewhere is a fault.</param>
    public static async Task<OpenPage> Open(IBrowser browser, Uri address)
    {
        IBrowserContext context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 360, Height = 740 } });
        OpenPage page = new(context, await context.NewPageAsync(), folder: "");
        context.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address.AbsoluteUri, StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                page._faults.Enqueue($"A request to {request.Url}");
            }
        };
        await page.Page.GotoAsync(address.AbsoluteUri);
        return page;
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private async Task Answer(IRoute route)
    {
        Uri address = new(route.Request.Url);
        string name = address.AbsolutePath == "/" ? "index.html" : Uri.UnescapeDataString(address.AbsolutePath[1..]);
        string file = Path.Combine(_folder, name);
        _requests.Enqueue(name);
        if (!route.Request.Url.StartsWith(Origin, StringComparison.Ordinal) || !File.Exists(file))
        {
            _faults.Enqueue($"A request to {route.Request.Url}");
            await route.FulfillAsync(new() { Status = 404 });
            return;
        }
        string type = Path.GetExtension(file) switch
        {
            ".html" => "text/html",
            ".css" => "text/css",
            ".svg" => "image/svg+xml",
            ".js" => "text/javascript",
            ".json" => "application/json",
            ".wasm" => "application/wasm",
            _ => "application/octet-stream",
        };
        await route.FulfillAsync(new() { BodyBytes = await File.ReadAllBytesAsync(file), ContentType = type });
    }
}
