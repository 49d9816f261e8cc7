using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nabla.IO;
using Nabla.Live;
using Nabla.Web.Models;
using Nabla.Web.Requests;

namespace Nabla.Web.Trainings;

/// <summary>
/// Trains one network at a time, in the order in which they were asked for. Each training has a folder beside the models with its request and its checkpoint: when the server ends, the one under way is
/// saved, and the next start goes on with it and with those that wait.
/// </summary>
internal sealed partial class TrainingQueue(WebServerOptions options, ModelStore models, ILogger<TrainingQueue> logger) : BackgroundService
{
    private const string FolderName = ".trainings", RequestFile = "request.json", CheckpointFile = "checkpoint.safetensors";
    private const string Ending = ".safetensors";
    private const int MostNameLetters = 60;

    // Those that are over are remembered for those who come back.
    private const int MostRemembered = 20;

    private readonly Lock _lock = new();
    private readonly List<ServedTraining> _trainings = [];
    private readonly SemaphoreSlim _waiting = new(0);
    private int _lastId;

    /// <summary>All trainings, in the order in which they were asked for.</summary>
    public IReadOnlyList<ServedTraining> All()
    {
        lock (_lock)
        {
            return [.. _trainings];
        }
    }

    /// <summary>A training by its number; null where there is none.</summary>
    public ServedTraining? Find(int id)
    {
        lock (_lock)
        {
            return _trainings.Find(training => training.Id == id);
        }
    }

    /// <summary>How many trainings come before one that waits.</summary>
    public int Before(ServedTraining training)
    {
        lock (_lock)
        {
            return _trainings.TakeWhile(other => other != training).Count(other => !other.IsOver);
        }
    }

    /// <summary>Takes a training on.</summary>
    /// <param name="json">A <see cref="TrainingRequest"/>.</param>
    /// <exception cref="RequestException">It is none, or there is no room.</exception>
    public ServedTraining Add(byte[] json)
    {
        string folder = options.ModelFolder ?? throw new RequestException(StatusCodes.Status409Conflict,
            "This server has no folder for models, so there is nowhere to keep what it trains; start it with one.");
        try
        {
            TrainingRequest request = TrainingRequest.Parse(json);
            request.ThrowUnlessRecipe();
            string asked = NameOf(request);
            lock (_lock)
            {
                if (_trainings.Count(training => !training.IsOver) > options.QueuedTrainings)
                {
                    throw new RequestException(StatusCodes.Status429TooManyRequests, string.Create(CultureInfo.InvariantCulture,
                        $"Found {options.QueuedTrainings} trainings that wait, which is as many as there may be; ask again when one is done, or delete one."))
                    {
                        RetryAfter = 60,
                    };
                }
                int id = ++_lastId;
                string own = Path.Combine(folder, FolderName, id.ToString("D6", CultureInfo.InvariantCulture));
                request = request with { Name = Unused(asked) };
                Directory.CreateDirectory(own);
                AtomicFile.Write(Path.Combine(own, RequestFile), file => file.Write(Encoding.UTF8.GetBytes(request.ToJson())));
                return Enqueue(id, own, request);
            }
        }
        catch (ArgumentException exception)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Which folder that is, is nobody's business but the log's.
            LogUnwritable(exception.Message);
            throw new RequestException(StatusCodes.Status409Conflict, "The server's folder for models cannot be written, so there is nowhere to keep what it trains; let it write there.");
        }
    }

    /// <summary>Ends a training, if it is not over, and forgets it; its network is not kept.</summary>
    public void Delete(ServedTraining training)
    {
        bool isOver;
        lock (_lock)
        {
            _trainings.Remove(training);
            isOver = training.IsOver;
        }
        if (!isOver)
        {
            training.Delete();
            training.Live.Resume();
            if (training.Status.State == TrainingState.Queued)
            {
                Forget(training, new TrainingStatus(TrainingState.Stopped, "It was deleted before it began."));
            }
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            FindUnfinished();
        }
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _waiting.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ServedTraining? next;
            lock (_lock)
            {
                next = _trainings.Find(training => training.Status.State == TrainingState.Queued);
            }
            if (next is not null && !stoppingToken.IsCancellationRequested)
            {
                await Run(next, stoppingToken).ConfigureAwait(false);
                TellQueue();
            }
        }
        foreach (ServedTraining training in All())
        {
            training.Log.Complete();
        }
    }

    private async Task Run(ServedTraining training, CancellationToken stopping)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, training.Deletion);
        TrainingStatus? last = null;
        training.Live.Happened += happened =>
        {
            if (happened.Status is not TrainingStatus status)
            {
                training.Log.Add(happened);
            }
            else if (status.IsOver)
            {
                // Told once its network is there.
                last = status;
            }
            else
            {
                training.Tell(status);
            }
        };
        LogBegun(training.Id, training.Name);
        Network? network = null;
        try
        {
            network = await Task.Factory.StartNew(() => training.Live.RunAsync(ending.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap().ConfigureAwait(false);
            if (network is not null && !training.Deletion.IsCancellationRequested)
            {
                network.Save(Path.Combine(options.ModelFolder!, training.Name + Ending));
                last = last! with { Model = training.Name };
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            last = new TrainingStatus(TrainingState.Failed, exception.Message);
        }
        catch (Exception exception)
        {
            LogMistake(exception);
            last = new TrainingStatus(TrainingState.Failed, "A mistake in Nabla itself, which the server's log tells; please report it.");
        }
        if (training.Deletion.IsCancellationRequested)
        {
            last = new TrainingStatus(TrainingState.Stopped, "It was deleted.");
        }
        if (last is not null)
        {
            Forget(training, last);
        }
        LogEnded(training.Id, training.Status.State, last?.Message ?? "");
    }

    /// <summary>Takes away what a training has left on the disk, since it is over, and says so.</summary>
    private void Forget(ServedTraining training, TrainingStatus last)
    {
        try
        {
            Directory.Delete(training.Folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogLeft(exception.Message);
        }
        training.Tell(last);
        lock (_lock)
        {
            while (_trainings.Count(other => other.IsOver) > MostRemembered)
            {
                _trainings.Remove(_trainings.First(other => other.IsOver));
            }
        }
    }

    /// <summary>Tells those that wait how many come before them now.</summary>
    private void TellQueue()
    {
        foreach (ServedTraining training in All().Where(training => training.Status.State == TrainingState.Queued))
        {
            training.Tell(new TrainingStatus(TrainingState.Queued) { Before = Before(training) });
        }
    }

    /// <summary>What the server before had not finished.</summary>
    private void FindUnfinished()
    {
        string? parent = options.ModelFolder is string folder ? Path.Combine(folder, FolderName) : null;
        if (parent is null || !Directory.Exists(parent))
        {
            return;
        }
        foreach (string own in Directory.EnumerateDirectories(parent).Order(StringComparer.Ordinal))
        {
            if (!int.TryParse(Path.GetFileName(own), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                continue;
            }
            _lastId = Math.Max(_lastId, id);
            try
            {
                Enqueue(id, own, TrainingRequest.Parse(File.ReadAllBytes(Path.Combine(own, RequestFile))));
            }
            catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException)
            {
                LogLeft($"{own}: {exception.Message}");
            }
        }
    }

    private ServedTraining Enqueue(int id, string own, TrainingRequest request)
    {
        LiveTraining live = new(request, options.Mnist) { Checkpoint = Path.Combine(own, CheckpointFile) };
        ServedTraining training = new(id, request.Name!, own, live);
        _trainings.Add(training);
        training.Tell(new TrainingStatus(TrainingState.Queued) { Before = Before(training) });
        _waiting.Release();
        return training;
    }

    private static string NameOf(TrainingRequest request)
    {
        string name = request.Name ?? "my-network";
        return name.Length is > 0 and <= MostNameLetters && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ' ') && name[0] is not ('.' or ' ') && name[^1] is not ('.' or ' ')
            ? name
            : throw new ArgumentException($"name: found '{(name.Length > 100 ? $"{name[..100]}…" : name)}', expected up to {MostNameLetters} letters, digits, blanks, dots, dashes and underscores; it becomes the name of a file.");
    }

    /// <summary>The name, with a number behind it where there is a network of that name.</summary>
    private string Unused(string name)
    {
        HashSet<string> used = new(_trainings.Where(training => !training.IsOver).Select(training => training.Name).Concat(models.Names()), StringComparer.OrdinalIgnoreCase);
        string unused = name;
        for (int number = 2; used.Contains(unused); number++)
        {
            unused = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        }
        return unused;
    }

    [LoggerMessage(EventId = 20, Level = LogLevel.Information, Message = "Training {Id} begins: {Name}")]
    private partial void LogBegun(int id, string name);

    [LoggerMessage(EventId = 21, Level = LogLevel.Information, Message = "Training {Id} has ended: {State} {Reason}")]
    private partial void LogEnded(int id, TrainingState state, string reason);

    [LoggerMessage(EventId = 22, Level = LogLevel.Warning, Message = "A training's files are left. {Reason}")]
    private partial void LogLeft(string reason);

    [LoggerMessage(EventId = 24, Level = LogLevel.Warning, Message = "A training is refused, since it cannot be kept. {Reason}")]
    private partial void LogUnwritable(string reason);

    [LoggerMessage(EventId = 23, Level = LogLevel.Error, Message = "A training failed by a mistake in Nabla itself.")]
    private partial void LogMistake(Exception exception);
}
