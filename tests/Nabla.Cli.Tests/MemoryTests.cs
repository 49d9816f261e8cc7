using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class MemoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_network_that_does_not_fit_the_memory_is_refused_in_one_line()
    {
        string data = SmallDigits.Write(_folder["digits"]);

        // 784 × 60,000 weights have 188 MB.
        (int code, _, string error) = NablaProcess.RunWithin(
            memory: 150_000_000, _folder, "train", "dense", "--data", data, "--hidden", "60000", "--out", "mine");

        Assert.Equal(1, code);
        Assert.Equal("nabla train: there is not enough memory for this; take smaller layers, smaller batches or less data.", error.Trim());
        Assert.False(Directory.Exists(_folder["mine"]));
    }
}
