using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nabla.IO;

namespace Nabla.Web.Models;

/// <summary>The models that ship and those of a folder, which is looked at again each time: a file that comes, changes or goes needs no restart.</summary>
internal sealed partial class ModelStore(WebServerOptions options, ILogger<ModelStore> logger)
{
    private const string Ending = ".safetensors";

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _loading = new();

    private volatile bool _isReady;

    /// <summary>Whether <see cref="LoadAll"/> is through.</summary>
    public bool IsReady => _isReady;

    /// <summary>The model that is used where none is named.</summary>
    public static string Default => Digits.Names[0];

    /// <summary>A model by its name; null where there is none of that name, or its file is broken.</summary>
    public ServedModel? Find(string name)
    {
        if (Digits.Names.Contains(name))
        {
            return Load(name, new Stamp(0, default), () => Digits.Open(name), name);
        }
        // A name, never a path: nothing outside of the folder is looked at.
        if (options.ModelFolder is not string folder || name.Length == 0 || name.AsSpan().IndexOfAny("/\\:\0") >= 0)
        {
            return null;
        }
        FileInfo file = new(Path.Combine(folder, name + Ending));
        try
        {
            if (file.Exists)
            {
                return Load(name, new Stamp(file.Length, file.LastWriteTimeUtc), () => InputFile.Open(file.FullName), file.Name);
            }
        }
        catch (FileNotFoundException)
        {
            // It went away meanwhile.
        }
        _entries.TryRemove(name, out _);
        return null;
    }

    /// <summary>All models: those that ship, then those of the folder by name.</summary>
    public IReadOnlyList<ServedModel> All() => [.. Names().Select(Find).OfType<ServedModel>()];

    /// <summary>Loads all models, so that the first requests need not wait for that.</summary>
    public void LoadAll()
    {
        foreach (ServedModel model in All().Where(model => model.ReadsDrawings))
        {
            // The reader loads a network of its own.
            _ = model.Reader;
        }
        foreach (string name in InFolder().Intersect(Digits.Names))
        {
            LogLeftOut($"{name}{Ending}: a model of that name comes with Nabla; give the file another.");
        }
        _isReady = true;
    }

    /// <summary>Names of all models, also of those whose file is broken.</summary>
    public IEnumerable<string> Names() => Digits.Names.Concat(InFolder().Except(Digits.Names));

    private IEnumerable<string> InFolder()
    {
        try
        {
            return options.ModelFolder is not string folder ? []
                : [.. Directory.EnumerateFiles(folder, "*" + Ending).Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            // The folder went away meanwhile.
            return [];
        }
    }

    private ServedModel? Load(string name, Stamp stamp, Func<Stream> open, string shown)
    {
        if (_entries.TryGetValue(name, out Entry? entry) && entry.Stamp == stamp)
        {
            return entry.Model;
        }
        // One at a time: several requests for a model that is new need not load it several times.
        lock (_loading)
        {
            if (_entries.TryGetValue(name, out entry) && entry.Stamp == stamp)
            {
                return entry.Model;
            }
            ServedModel? model = null;
            try
            {
                using Stream file = open();
                model = new ServedModel(name, Network.Load(file, shown), open);
            }
            catch (Exception exception) when (exception is MalformedFileException or IOException and not FileNotFoundException or UnauthorizedAccessException or OutOfMemoryException)
            {
                LogLeftOut(Printable(exception.Message));
            }
            _entries[name] = new Entry(stamp, model);
            return model;
        }
    }

    private static string Printable(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "A model is left out. {Reason}")]
    private partial void LogLeftOut(string reason);

    private readonly record struct Stamp(long Length, DateTime Written);

    private sealed record Entry(Stamp Stamp, ServedModel? Model);
}

/// <summary>Loads the models while the server listens already.</summary>
internal sealed class ModelLoading(ModelStore models) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(models.LoadAll, stoppingToken);
}
