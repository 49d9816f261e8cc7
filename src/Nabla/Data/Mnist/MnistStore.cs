using System.Runtime.Versioning;

namespace Nabla;

/// <summary>The places where MNIST is looked for. Files and environment are passed in, so that tests can bring small ones.</summary>
internal sealed class MnistStore(IReadOnlyList<MnistFile> files, Func<string, string?> environment)
{
    private const string FolderVariable = "NABLA_DATA";
    private const int ClassCount = 10;

    /// <summary>Whether plain files of images are mapped.</summary>
    public bool MapFiles { get; init; }

    /// <summary>See <see cref="Mnist.Load"/>.</summary>
    [UnsupportedOSPlatform("browser")]
    public TrainAndTest Load(string? folder, MnistDownloadOptions? options, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (folder is not null)
        {
            return Read(folder, folder);
        }
        if (environment(FolderVariable) is { Length: > 0 } named)
        {
            return Read(named, $"{FolderVariable}={named}");
        }
        string cache = RequireCacheFolder(options);
        if (files.Any(file => file.Find(cache) is null))
        {
            // On a thread of the pool, so that a caller with a synchronisation context cannot wait for itself.
            Task.Run(() => FetchAsync(options, progress, cancellation), cancellation).GetAwaiter().GetResult();
        }
        return Read(cache, cache);
    }

    /// <summary>See <see cref="Mnist.Status"/>.</summary>
    public IReadOnlyList<MnistFolderStatus> Status(string? folder, MnistDownloadOptions? options)
    {
        List<MnistFolderStatus> places = [];
        if (folder is not null)
        {
            places.Add(Inspect("folder", folder));
        }
        if (environment(FolderVariable) is { Length: > 0 } named)
        {
            places.Add(Inspect(FolderVariable, named));
        }
        if (options?.CacheFolder is string given)
        {
            places.Add(Inspect("cache", given));
        }
        else if (CacheFolder() is string cache)
        {
            places.Add(Inspect("cache", cache));
        }
        return places;
    }

    /// <summary>See <see cref="MnistDownload.FetchAsync"/>.</summary>
    [UnsupportedOSPlatform("browser")]
    public async Task<string> FetchAsync(MnistDownloadOptions? options, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        options ??= new MnistDownloadOptions();
        IReadOnlyList<Uri> mirrors = options.Check(environment);
        string cache = RequireCacheFolder(options);
        await new MnistCache(cache, files)
            .FetchAsync(mirrors, new MirrorClient(options.ConnectTimeout, options.StallTimeout), progress, cancellation)
            .ConfigureAwait(false);
        return cache;
    }

    /// <summary>The user's folder for what programs can fetch again, or null where the system knows none.</summary>
    public string? CacheFolder()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        string? caches = null;
        if (OperatingSystem.IsWindows())
        {
            caches = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        }
        else if (OperatingSystem.IsMacOS())
        {
            caches = home.Length == 0 ? null : Path.Combine(home, "Library", "Caches");
        }
        // The XDG Base Directory Specification says to ignore a path that is not absolute.
        else if (environment("XDG_CACHE_HOME") is string xdg && Path.IsPathRooted(xdg))
        {
            caches = xdg;
        }
        else
        {
            caches = home.Length == 0 ? null : Path.Combine(home, ".cache");
        }
        return string.IsNullOrEmpty(caches) ? null : Path.Combine(caches, "nabla", "mnist");
    }

    private string RequireCacheFolder(MnistDownloadOptions? options) =>
        options?.CacheFolder ?? CacheFolder()
        ?? throw new DownloadException($"There is no home folder to keep MNIST in; set {FolderVariable} to a folder that holds the MNIST files.");

    private TrainAndTest Read(string folder, string origin) => IdxFolder.Load(folder, origin, files, ClassCount, mustBeMnist: true, MapFiles);

    private MnistFolderStatus Inspect(string place, string folder) =>
        new(place, folder, Directory.Exists(folder), [.. files.Select(file => file.Inspect(folder))]);
}
