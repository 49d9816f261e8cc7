using System.Buffers.Binary;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;

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

/// <summary>What a training asks of its processes beside sums.</summary>
internal static class CommunicatorExtensions
{
    /// <summary>Of some things that the processes share evenly, the first that a process has; of the process after the last, their number.</summary>
    public static int FirstOf(this ICommunicator communicator, int rank, int count) => (int)((long)count * rank / communicator.Size);

    /// <summary>Gives all processes what each of them has, where all have as much.</summary>
    public static void AllGather(this ICommunicator communicator, ReadOnlySpan<byte> own, Span<byte> all)
    {
        Span<int> lengths = stackalloc int[communicator.Size];
        lengths.Fill(own.Length);
        communicator.AllGather(own, all, lengths);
    }

    /// <summary>For each of two questions, whether the answer is yes in any of the processes.</summary>
    public static (bool First, bool Second) Any(this ICommunicator communicator, bool first, bool second)
    {
        if (communicator.Size == 1)
        {
            return (first, second);
        }
        Span<byte> all = stackalloc byte[communicator.Size];
        communicator.AllGather([(byte)((first ? 1 : 0) | (second ? 2 : 0))], all);
        byte any = 0;
        foreach (byte answers in all)
        {
            any |= answers;
        }
        return ((any & 1) != 0, (any & 2) != 0);
    }

    /// <summary>What the first process has, for all. Where it fails there, all fail.</summary>
    /// <param name="communicator">The processes.</param>
    /// <param name="get">Asked in the first process alone.</param>
    /// <exception cref="ArgumentException">It failed in the first process: the same message. There it is the exception itself.</exception>
    public static byte[] FromFirst(this ICommunicator communicator, Func<byte[]> get)
    {
        if (communicator.Size == 1)
        {
            return get();
        }
        byte[] data = [];
        Exception? failure = null;
        if (communicator.Rank == 0)
        {
            try
            {
                data = get();
            }
#pragma warning disable CA1031 // It goes on below, once the others know.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
                data = Encoding.UTF8.GetBytes(exception.Message);
            }
        }
        Span<byte> header = stackalloc byte[sizeof(int) + 1];
        BinaryPrimitives.WriteInt32LittleEndian(header, data.Length);
        header[^1] = failure is null ? (byte)0 : (byte)1;
        communicator.Broadcast(header, root: 0);
        data = communicator.Rank == 0 ? data : new byte[BinaryPrimitives.ReadInt32LittleEndian(header)];
        communicator.Broadcast(data, root: 0);
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
        return header[^1] == 0 ? data : throw new ArgumentException(Encoding.UTF8.GetString(data));
    }

    /// <summary>Makes sure that all processes say the same.</summary>
    /// <param name="communicator">The processes.</param>
    /// <param name="what">What it is that has to be the same, for the message.</param>
    /// <param name="here">What this process says.</param>
    /// <exception cref="ArgumentException">One says something else; thrown in all of them.</exception>
    public static void ThrowUnlessSame(this ICommunicator communicator, string what, string here)
    {
        byte[] all = new byte[communicator.Size * SHA256.HashSizeInBytes];
        communicator.AllGather(SHA256.HashData(Encoding.UTF8.GetBytes(here)), all);
        for (int rank = 1; rank < communicator.Size; rank++)
        {
            if (!all.AsSpan(rank * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes).SequenceEqual(all.AsSpan(0, SHA256.HashSizeInBytes)))
            {
                throw new ArgumentException($"Process {rank} of {communicator.Size} has other {what} than process 0, expected the same in all: start all of them with the same command, on the same files.");
            }
        }
    }
}
