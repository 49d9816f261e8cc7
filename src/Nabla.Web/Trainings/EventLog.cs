using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Nabla.Live;

namespace Nabla.Web.Trainings;

/// <summary>What has happened in a training, for any number of readers, each at its own pace. It does not grow for ever: of looks the newest is kept, and of progress not every one.</summary>
internal sealed class EventLog
{
    private const int MostProgress = 2000;

    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private TaskCompletionSource _changed = NewSignal();
    private long _last;
    private int _progressCount;
    private bool _isComplete;

    /// <summary>Adds an event and wakes the readers.</summary>
    public void Add(TrainingEvent happened)
    {
        Kind kind = happened switch
        {
            { Look: not null } => Kind.Look,
            { Progress: not null } => Kind.Progress,
            _ => Kind.Other,
        };
        string json = happened.ToJson();
        lock (_lock)
        {
            if (kind == Kind.Look)
            {
                _entries.RemoveAll(entry => entry.Kind == Kind.Look);
            }
            _entries.Add(new Entry(++_last, kind, json));
            if (kind == Kind.Progress && ++_progressCount > MostProgress)
            {
                _entries.RemoveAll(entry => entry.Kind == Kind.Progress && entry.Id % 2 == 0);
                _progressCount = _entries.Count(entry => entry.Kind == Kind.Progress);
            }
            Wake();
        }
    }

    /// <summary>Says that nothing more will happen: readers come to their end.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
            Wake();
        }
    }

    /// <summary>What has happened since an event, and what happens until there is nothing more.</summary>
    /// <param name="after">Number of the last event that the reader knows; 0 for none.</param>
    /// <param name="cancellation">The reader has left, or the server ends.</param>
    public async IAsyncEnumerable<SseItem<string>> Follow(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            Entry[] news;
            Task changed;
            bool isComplete;
            lock (_lock)
            {
                // A number of before the server was started again says nothing.
                after = after > _last ? 0 : after;
                int first = _entries.Count;
                while (first > 0 && _entries[first - 1].Id > after)
                {
                    first--;
                }
                news = [.. _entries.Skip(first)];
                changed = _changed.Task;
                isComplete = _isComplete;
            }
            foreach (Entry entry in news)
            {
                yield return new SseItem<string>(entry.Json) { EventId = entry.Id.ToString(CultureInfo.InvariantCulture) };
                after = entry.Id;
            }
            if (isComplete && news.Length == 0)
            {
                yield break;
            }
            if (news.Length == 0)
            {
                await changed.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Wake()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private enum Kind
    {
        Other,
        Progress,
        Look,
    }

    private sealed record Entry(long Id, Kind Kind, string Json);
}
