namespace Nabla.Tests.Data;

/// <summary>The same with the real files, where this machine has them.</summary>
public sealed class RealMnistTests
{
    private static string Folder
    {
        get
        {
            string? folder = Environment.GetEnvironmentVariable("NABLA_DATA");
            Assert.SkipWhen(string.IsNullOrEmpty(folder), "NABLA_DATA does not name a folder with the MNIST files.");
            return folder;
        }
    }

    [Fact]
    public void Loads_the_official_files()
    {
        string folder = Folder;
        TrainAndTest mnist = Mnist.Load(folder, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(60_000, mnist.Train.Count);
        Assert.Equal(10_000, mnist.Test.Count);
        Assert.Equal([28, 28], mnist.Train.Features.SampleShape);
        Assert.Equal([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], ((ClassLabels)mnist.Train.Targets).Values[..10]);
        Assert.Equal([7, 2, 1, 0, 4, 1, 4, 9, 5, 9], ((ClassLabels)mnist.Test.Targets).Values[..10]);
        Assert.Equal($"MNIST from {folder}, verified", mnist.Source);
        Assert.Equal(mnist.Source, IdxFolder.Load(folder).Source);
        Assert.True(Mnist.Status(folder)[0].IsVerified);
    }

    [Fact]
    public void Downloads_the_official_files_from_the_first_mirror_that_serves_them_right()
    {
        string folder = Folder;
        using TemporaryFolder cache = new();
        using MirrorServer server = new(name => File.Exists(Path.Combine(folder, name)) ? File.ReadAllBytes(Path.Combine(folder, name)) : null);
        string[] bad = ["forbidden", "cut", "short", "corrupt", "html", "other", "huge", "stall"];
        Assert.SkipUnless(File.Exists(Path.Combine(folder, "train-images-idx3-ubyte.gz")), "NABLA_DATA holds no .gz files to serve.");
        MnistDownloadOptions options = new()
        {
            Mirrors = [.. bad.Select(behaviour => server[behaviour]), server["good"]],
            CacheFolder = cache.FullName,
            StallTimeout = TimeSpan.FromSeconds(3),
        };
        MnistStore store = new(MnistFile.Official, _ => null);
        Assert.Equal(60_000, store.Load(null, options, null, TestContext.Current.CancellationToken).Train.Count);
        Assert.Equal(bad.Length + 4, server.Requests.Count);
        Assert.Equal(4, cache.FileNames.Length);
    }
}
