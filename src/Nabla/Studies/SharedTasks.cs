using System.Text;

namespace Nabla;

/// <summary>
/// Named tasks that any number of processes share by a folder, each done once: claimed, taken over from processes that died and published as the runs of a study are
/// (<see cref="StudyFolder"/>). The result of a task is a text, which stays in the folder.
/// </summary>
public sealed class SharedTasks
{
    private const string ResultsName = "results", WorkName = "work", TextName = "result.json";

    private readonly string _folder;
    private readonly TimeSpan _lease;
    private readonly ClaimWatch _watch;
    private readonly Dictionary<string, int> _numbers = [];

    /// <param name="folder">The folder, which is made where it is not there.</param>
    /// <param name="lease">How long a process may show no sign of life before others take its task over; the same for all.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public SharedTasks(string folder, TimeSpan lease)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        _folder = folder;
        _lease = lease;
        _watch = new ClaimWatch(lease);
        Directory.CreateDirectory(Path.Combine(folder, ResultsName));
        Directory.CreateDirectory(Path.Combine(folder, WorkName));
    }

    /// <summary>The result of a task; null where nobody has finished it.</summary>
    /// <param name="name">Its name, fit for a folder.</param>
    public string? ResultOf(string name)
    {
        string path = Path.Combine(_folder, ResultsName, name, TextName);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <summary>Does a task, unless it is done or another process is at it.</summary>
    /// <param name="name">Its name, fit for a folder.</param>
    /// <param name="work">Does it, until it is told to stop, and returns its result.</param>
    /// <param name="cancellation">Stops it; the task is given back.</param>
    /// <returns>Whether this process did it.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool TryDo(string name, Func<CancellationToken, string> work, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        RunClaims claims = new(Path.Combine(_folder, WorkName, name));
        int newest = claims.Newest();
        if (!_numbers.TryGetValue(name, out int number))
        {
            _numbers.Add(name, number = _numbers.Count);
        }
        if (ResultOf(name) is not null || !_watch.IsFree(number, claims, newest) || !claims.TryClaim(newest + 1))
        {
            return false;
        }
        using RunClaim claim = new(claims, newest + 1, _lease, () => ResultOf(name) is not null);
        using CancellationTokenSource any = CancellationTokenSource.CreateLinkedTokenSource(cancellation, claim.Lost);
        try
        {
            return claim.IsOurs() && TryPublish(name, claims, claim, work(any.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            claim.Release();
        }
    }

    private bool TryPublish(string name, RunClaims claims, RunClaim claim, string result)
    {
        string prepared = Directory.CreateDirectory(claims.ResultOf(claim.Number)).FullName;
        RunClaims.Replace(Path.Combine(prepared, TextName), Encoding.UTF8.GetBytes(result), claims.FilesOf(claim.Number));
        try
        {
            return RunClaims.TryPublish(prepared, Path.Combine(_folder, ResultsName, name), TextName);
        }
        finally
        {
            claims.DeleteFiles();
        }
    }
}
