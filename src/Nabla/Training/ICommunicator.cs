namespace Nabla;

/// <summary>
/// The processes that train one network together, as one of them sees the others. It moves bytes and computes nothing: sums are made by
/// <see cref="Trainer"/>, in an order that does not depend on how many processes there are.
/// </summary>
/// <remarks>
/// Every process must make the same calls in the same order, each when it gets there: a call returns once this process's part of it is done. One thread at a time calls, not always the same one.
/// A process that is lost must not leave the others waiting: the implementation ends them all, or throws an <see cref="IOException"/>.
/// </remarks>
public interface ICommunicator
{
    /// <summary>Which of the processes this one is, from 0 to <see cref="Size"/> − 1.</summary>
    int Rank { get; }

    /// <summary>How many processes there are, at least 1.</summary>
    int Size { get; }

    /// <summary>Gives all processes what one of them has.</summary>
    /// <param name="data">What is given; in the others, where it goes. As long in all of them.</param>
    /// <param name="root">The process that has it.</param>
    void Broadcast(Span<byte> data, int root);

    /// <summary>Gives all processes what each of them has.</summary>
    /// <param name="own">What this one gives.</param>
    /// <param name="all">Receives what the processes give, the first one's first.</param>
    /// <param name="lengths">Bytes that each process gives, at least 0; the same in all of them.</param>
    void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths);

    /// <summary>Gives each process something of its own from each other.</summary>
    /// <param name="sent">What this one gives, the first process's part first, its own included.</param>
    /// <param name="sentLengths">Bytes for each process, at least 0.</param>
    /// <param name="received">Receives what the processes have for this one, the first one's first.</param>
    /// <param name="receivedLengths">Bytes from each process: what that one says in its <paramref name="sentLengths"/>.</param>
    void AllToAll(ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentLengths, Span<byte> received, ReadOnlySpan<int> receivedLengths);
}

/// <summary>A process that trains alone.</summary>
public sealed class SingleProcess : ICommunicator
{
    private SingleProcess()
    {
    }

    /// <summary>There is no more than one.</summary>
    public static SingleProcess Instance { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public void Broadcast(Span<byte> data, int root)
    {
    }

    /// <inheritdoc/>
    public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths) => own.CopyTo(all);

    /// <inheritdoc/>
    public void AllToAll(ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentLengths, Span<byte> received, ReadOnlySpan<int> receivedLengths) => sent.CopyTo(received);
}
