using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>What <c>nabla page</c> refuses; the tests of packages write one, those of the browser look at it.</summary>
public sealed class PageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_somebody_has_is_not_overwritten()
    {
        Directory.CreateDirectory(_folder["site"]);
        File.WriteAllText(_folder["site/index.html"], "mine");
        (int code, string output, string error) = NablaProcess.Run(_folder, "page", "--out", "site");
        Assert.Equal((1, ""), (code, output));
        Assert.Equal("nabla page: --out: site has other files in it, expected a new or empty folder; nothing was written.\n", error);
        Assert.Equal("mine", File.ReadAllText(_folder["site/index.html"]));

        (code, _, error) = NablaProcess.Run(_folder, "page", "--out", "site/index.html");
        Assert.Equal((1, "nabla page: --out: site/index.html is a file, expected a folder.\n"), (code, error));
    }
}
