using Nabla.Live;

namespace Nabla.Web.Trainings;

/// <summary>A training of the server.</summary>
/// <param name="id">What requests call it.</param>
/// <param name="name">What its network will be called.</param>
/// <param name="folder">Where its request and its checkpoint are, so that it outlives the server.</param>
/// <param name="live">The training itself.</param>
internal sealed class ServedTraining(int id, string name, string folder, LiveTraining live) : IDisposable
{
    private readonly CancellationTokenSource _deletion = new();

    public int Id => id;

    public string Name => name;

    public string Folder => folder;

    public LiveTraining Live => live;

    public EventLog Log { get; } = new();

    public TrainingStatus Status { get; private set; } = new(TrainingState.Queued);

    /// <summary>Whether nothing more will happen.</summary>
    public bool IsOver => Status.IsOver;

    /// <summary>Cancelled when it is no longer wanted.</summary>
    public CancellationToken Deletion => _deletion.Token;

    /// <summary>Takes note of how it is, and tells those who watch.</summary>
    public void Tell(TrainingStatus status)
    {
        Status = status;
        Log.Add(new TrainingEvent { Status = status });
        if (IsOver)
        {
            Log.Complete();
        }
    }

    /// <summary>Says that it is no longer wanted.</summary>
    public void Delete() => _deletion.Cancel();

    public void Dispose() => _deletion.Dispose();
}
