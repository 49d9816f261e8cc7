using System.Net;
using System.Net.Sockets;

namespace Nabla.Tests.Data;

/// <summary>The download, against a server on this machine that serves small files in the place of MNIST.</summary>
public sealed class MnistDownloadTests : IDisposable
{
    private static readonly string[] CacheNames = [.. SmallMnist.CompressedNames];

    private readonly TemporaryFolder _cache = new();
    private readonly MirrorServer _server = new(SmallMnist.Find);
    private readonly Dictionary<string, string> _environment = [];
    private readonly MnistStore _store;

    public MnistDownloadTests() => _store = new MnistStore(SmallMnist.Files, name => _environment.GetValueOrDefault(name));

    public void Dispose()
    {
        try
        {
            _server.Dispose();
        }
        finally
        {
            _cache.Dispose();
        }
    }

    [Theory]
    [InlineData("good")]
    [InlineData("headless")]
    public void Loads_what_it_downloads_and_asks_only_once(string behaviour)
    {
        Recorder progress = new();
        TrainAndTest data = _store.Load(null, Options(behaviour), progress, Cancellation);
        Assert.Equal(200, data.Train.Count);
        Assert.Equal($"MNIST from {_cache.FullName}, verified", data.Source);
        Assert.Equal(CacheNames, _cache.FileNames);
        Assert.Equal(4, _server.Requests.Count);
        foreach (string name in SmallMnist.CompressedNames)
        {
            DownloadProgress[] reports = [.. progress.Reports.Where(r => r.File == name)];
            Assert.Equal(0, reports[0].BytesReceived);
            Assert.Equal(SmallMnist.Find(name)!.Length, reports[^1].BytesReceived);
            Assert.Equal(behaviour == "good" ? SmallMnist.Find(name)!.Length : null, reports[^1].TotalBytes);
            Assert.All(reports, r => Assert.Equal(_server.Name(behaviour), r.Mirror));
        }

        Assert.Equal(200, _store.Load(null, Options(behaviour), null, Cancellation).Train.Count);
        Assert.Equal(4, _server.Requests.Count);
    }

    [Theory]
    [InlineData("forbidden", "403 Forbidden")]
    [InlineData("unknown", "404 NotFound")]
    [InlineData("cut", "the connection broke off")]
    [InlineData("short", "sent a damaged or incomplete file")]
    [InlineData("corrupt", "sent a damaged or incomplete file")]
    [InlineData("trailing", "sent a damaged or incomplete file")]
    [InlineData("html", "did not send a gzip file")]
    [InlineData("other", "sent another file than the official one (wrong SHA-256)")]
    [InlineData("huge", "sends more than the 222352 bytes that the file can have")]
    [InlineData("endless", "sends more than the 222352 bytes that the file can have")]
    [InlineData("stall", "no byte for 0.5 s")]
    [InlineData("silent", "no byte for 0.5 s")]
    public async Task Goes_on_to_the_next_mirror_after_any_failure(string behaviour, string reason)
    {
        TimeSpan patience = TimeSpan.FromSeconds(0.5);
        MnistDownloadOptions bad = Options(behaviour) with { StallTimeout = patience, ConnectTimeout = patience };
        DownloadException error = await Assert.ThrowsAsync<DownloadException>(() => _store.FetchAsync(bad, null, Cancellation));
        Assert.Equal(
            $"train-images-idx3-ubyte.gz could not be downloaded ({_server.Name(behaviour)}: {reason}); check the network, name other mirrors in "
            + "NABLA_MIRRORS, or set NABLA_DATA to a folder that holds the MNIST files.",
            error.Message);
        Assert.Empty(_cache.FileNames);

        // More patience: only the bad mirror is to be given up, however busy this machine is.
        MnistDownloadOptions both = behaviour is "stall" or "silent"
            ? bad with { Mirrors = [_server[behaviour], _server["good"]], StallTimeout = TimeSpan.FromSeconds(2) }
            : Options(behaviour, "good");
        await _store.FetchAsync(both, null, Cancellation);
        Assert.Equal(CacheNames, _cache.FileNames);
        // The mirror that served the first file is the first to be asked for the others.
        Assert.Equal(1 + 1 + 4, _server.Requests.Count);
    }

    [Fact]
    public async Task A_mirror_that_sends_a_byte_now_and_then_is_given_up()
    {
        MnistDownloadOptions alone = Options("drip") with { StallTimeout = TimeSpan.FromSeconds(1) };
        DownloadException error = await Assert.ThrowsAsync<DownloadException>(() => _store.FetchAsync(alone, null, Cancellation));
        Assert.Matches(@"drip/: sent \d+ bytes a second, expected at least 1000\)", error.Message);
        MnistDownloadOptions both = Options("drip", "good") with { StallTimeout = TimeSpan.FromSeconds(2) };
        await _store.FetchAsync(both, null, Cancellation);
        Assert.Equal(CacheNames, _cache.FileNames);
    }

    [Fact]
    public async Task When_all_mirrors_fail_each_is_named_with_its_reason()
    {
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        string address = closed.LocalEndpoint.ToString()!;
        closed.Stop();
        MnistDownloadOptions options = Options("forbidden", "html");
        options = options with { Mirrors = [.. options.Mirrors!, new Uri($"http://user:secret@{address}/a"), new Uri("http://nabla.invalid/")] };
        DownloadException error = await Assert.ThrowsAsync<DownloadException>(() => _store.FetchAsync(options, null, Cancellation));
        Assert.StartsWith(
            $"train-images-idx3-ubyte.gz could not be downloaded ({_server.Name("forbidden")}: 403 Forbidden; {_server.Name("html")}: "
            + $"did not send a gzip file; http://{address}/a/: connection refused; http://nabla.invalid/: ",
            error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Empty(_cache.FileNames);
    }

    [Fact]
    public async Task No_mirror_at_all_is_told_as_such()
    {
        DownloadException error = await Assert.ThrowsAsync<DownloadException>(() => _store.FetchAsync(Options(), null, Cancellation));
        Assert.StartsWith("train-images-idx3-ubyte.gz could not be downloaded (there is no mirror to ask);", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NABLA_MIRRORS_replaces_the_list()
    {
        _environment["NABLA_MIRRORS"] = $" {_server["forbidden"]};{_server.Name("good").TrimEnd('/')}\n";
        await _store.FetchAsync(new MnistDownloadOptions { CacheFolder = _cache.FullName }, null, Cancellation);
        Assert.Equal(CacheNames, _cache.FileNames);
        Assert.Equal("/forbidden/train-images-idx3-ubyte.gz", _server.Requests.First());
    }

    [Fact]
    public async Task Options_out_of_range_are_named()
    {
        _environment["NABLA_MIRRORS"] = "ftp://a/b";
        Assert.StartsWith("NABLA_MIRRORS holds 'ftp://a/b', expected http or https addresses", await MessageOf(new()), StringComparison.Ordinal);
        _environment.Clear();
        Assert.Equal(3, new MnistDownloadOptions().Check(_ => null).Count);
        Assert.StartsWith("Mirrors holds 'relative', ", await MessageOf(new() { Mirrors = [new Uri("relative", UriKind.Relative)] }), StringComparison.Ordinal);
        Assert.Equal("StallTimeout is 00:00:00, expected more than 0 and at most an hour.", await MessageOf(new() { StallTimeout = TimeSpan.Zero }));
        Assert.Equal("ConnectTimeout is 1.00:00:00, expected more than 0 and at most an hour.", await MessageOf(new() { ConnectTimeout = TimeSpan.FromDays(1) }));
        Assert.Empty(_cache.FileNames);

        async Task<string> MessageOf(MnistDownloadOptions options) =>
            (await Assert.ThrowsAsync<ArgumentException>(() => _store.FetchAsync(options with { CacheFolder = _cache.FullName }, null, Cancellation))).Message;
    }

    [Fact]
    public async Task Keeps_good_files_and_replaces_damaged_ones_under_any_name()
    {
        SmallMnist.WriteTo(_cache.FullName, compressed: true);
        File.WriteAllBytes(_cache["t10k-images-idx3-ubyte.gz"], SmallMnist.Find("t10k-images-idx3-ubyte.gz")![..^1]);
        File.WriteAllText(_cache["train-labels.idx1-ubyte"], "not labels");
        File.WriteAllText(_cache["train-images-idx3-ubyte.gz.partial"], "left by a process that died");

        await _store.FetchAsync(Options("good"), null, Cancellation);

        Assert.Equal(["/good/train-labels-idx1-ubyte.gz", "/good/t10k-images-idx3-ubyte.gz"], _server.Requests);
        Assert.Equal(CacheNames, _cache.FileNames);
        Assert.Equal(200, _store.Load(null, Options(), null, Cancellation).Train.Count);
    }

    [Fact]
    public async Task A_damaged_file_in_the_cache_is_refused_with_the_way_out()
    {
        await _store.FetchAsync(Options("good"), null, Cancellation);
        File.WriteAllBytes(_cache["train-labels-idx1-ubyte.gz"], IdxBytes.Compress(IdxBytes.Labels(new byte[200])));
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => _store.Load(null, Options("good"), null, Cancellation));
        Assert.Contains("`nabla data fetch`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_downloads_at_once_fill_one_cache_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _store.Load(null, Options("forbidden", "good"), null, Cancellation), Cancellation)));
        Assert.Equal(1 + 4, _server.Requests.Count);
        Assert.Equal(CacheNames, _cache.FileNames);
    }

    [Fact]
    public async Task A_second_download_waits_for_the_lock_and_can_be_cancelled()
    {
        using CancellationTokenSource first = new();
        Task downloading = _store.FetchAsync(Options("stall"), null, first.Token);
        await _server.Stalling.Task.WaitAsync(Cancellation);
        using CancellationTokenSource second = new();
        Task waiting = _store.FetchAsync(Options("good"), null, second.Token);
        Assert.Single(_server.Requests);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal([".lock", "train-images-idx3-ubyte.gz.partial"], _cache.FileNames);

        // The lock goes with the one who held it.
        Task third = _store.FetchAsync(Options("good"), null, Cancellation);
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => downloading);
        await third;
        Assert.Equal(CacheNames, _cache.FileNames);
    }

    [Theory]
    [InlineData("stall")]
    [InlineData("endless")]
    public async Task Cancelling_leaves_no_partial_file(string behaviour)
    {
        using CancellationTokenSource source = new();
        Recorder progress = new() { OnReport = report => { if (report.BytesReceived > 0) { source.Cancel(); } } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.FetchAsync(Options(behaviour, "good"), progress, source.Token));
        Assert.Empty(_cache.FileNames);
        Assert.Single(_server.Requests);
        Assert.ThrowsAny<OperationCanceledException>(() => _store.Load(null, Options("good"), null, source.Token));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_told_as_such_and_no_mirror_is_asked()
    {
        File.WriteAllText(_cache["file"], "");
        string folder = Path.Combine(_cache["file"], "mnist");
        DownloadException error = await Assert.ThrowsAsync<DownloadException>(
            () => _store.FetchAsync(Options("good") with { CacheFolder = folder }, null, Cancellation));
        Assert.StartsWith($"{folder}: the cache folder cannot be written (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("or set NABLA_DATA to a folder that holds the MNIST files.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Empty(_server.Requests);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MnistDownloadOptions Options(params string[] behaviours) =>
        new() { Mirrors = [.. behaviours.Select(behaviour => _server[behaviour])], CacheFolder = _cache.FullName };

    private sealed class Recorder : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> Reports { get; } = [];

        public Action<DownloadProgress> OnReport { get; init; } = _ => { };

        public void Report(DownloadProgress value)
        {
            Reports.Add(value);
            OnReport(value);
        }
    }
}
