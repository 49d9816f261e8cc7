using System.Diagnostics;
using System.Globalization;
using Nabla;

// One process of several, started by mpiexec. What it does, and for some which rank does it: "exchange", "kill 1". Each prints a line beginning with "rank R of S" when all is well.

string what = args[0];
int chosen = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : -1;
MpiCommunicator communicator;
try
{
    communicator = MpiCommunicator.Start();
}
catch (IOException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
bool isChosen = communicator.Rank == chosen;
switch (what)
{
    case "exchange":
        Exchange();
        break;
    case "null":
        CatchNullReferences();
        break;
    case "threads":
        CallFromManyThreads();
        break;
    case "kill":
        GatherUntil(() => Process.GetCurrentProcess().Kill());
        break;
    case "throw":
        GatherUntil(() => throw new InvalidDataException("a reason of its own"));
        break;
    case "abort":
        GatherUntil(() => communicator.Abort("a reason of its own", 7));
        break;
    case "exit":
        GatherUntil(() => Environment.Exit(5));
        break;
    case "forget":
        // Says no goodbye: the end of the process does.
        Thread.Sleep(isChosen ? 300 : 0);
        Console.WriteLine(Name());
        return 0;
    default:
        throw new ArgumentException($"There is no '{what}'.");
}
Console.WriteLine($"{Name()} with {communicator.Description} on {communicator.Hosts[communicator.Rank]}");
communicator.Dispose();
return 0;

string Name() => $"rank {communicator.Rank} of {communicator.Size}";

// Each operation with lengths that differ from process to process, none at all among them; each byte says who sent it to whom.
void Exchange()
{
    int rank = communicator.Rank, size = communicator.Size;
    for (int round = 0; round < 20; round++)
    {
        for (int root = 0; root < size; root++)
        {
            byte[] data = new byte[round * 1000];
            if (rank == root)
            {
                Array.Fill(data, Value(root, 0, round));
            }
            communicator.Broadcast(data, root);
            Expect(data, Value(root, 0, round));
        }
        int[] lengths = [.. Enumerable.Range(0, size).Select(from => Length(from, 0, round))];
        byte[] own = Filled(lengths[rank], Value(rank, 0, round));
        byte[] all = new byte[lengths.Sum()];
        communicator.AllGather(own, all, lengths);
        ExpectParts(all, lengths, from => Value(from, 0, round));
        // What it gives may stand in its place already.
        Array.Clear(all);
        Span<byte> place = all.AsSpan(lengths[..rank].Sum(), lengths[rank]);
        own.CopyTo(place);
        communicator.AllGather(place, all, lengths);
        ExpectParts(all, lengths, from => Value(from, 0, round));

        int[] sentLengths = [.. Enumerable.Range(0, size).Select(to => Length(rank, to, round))];
        int[] receivedLengths = [.. Enumerable.Range(0, size).Select(from => Length(from, rank, round))];
        byte[] sent = [.. Enumerable.Range(0, size).SelectMany(to => Filled(sentLengths[to], Value(rank, to, round)))];
        byte[] received = new byte[receivedLengths.Sum()];
        communicator.AllToAll(sent, sentLengths, received, receivedLengths);
        ExpectParts(received, receivedLengths, from => Value(from, rank, round));
    }

    static int Length(int from, int to, int round) => (from * 7 + to * 3 + round) % 4 * (1 + round * 500);
    static byte Value(int from, int to, int round) => (byte)(1 + from * 50 + to * 11 + round);
    static byte[] Filled(int length, byte value)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, value);
        return bytes;
    }
    static void ExpectParts(ReadOnlySpan<byte> bytes, int[] lengths, Func<int, byte> value)
    {
        for (int i = 0; i < lengths.Length; i++)
        {
            Expect(bytes[..lengths[i]], value(i));
            bytes = bytes[lengths[i]..];
        }
    }
    static void Expect(ReadOnlySpan<byte> bytes, byte value)
    {
        if (bytes.ContainsAnyExcept(value))
        {
            throw new InvalidDataException($"Expected {bytes.Length} bytes of {value}.");
        }
    }
}

void CatchNullReferences()
{
    int caught = 0;
    for (int i = 0; i < 100; i++)
    {
        byte[] one = [1];
        communicator.Broadcast(one, 0);
        try
        {
            string? none = i < 0 ? "" : null;
            caught += none!.Length;
        }
        catch (NullReferenceException)
        {
            caught++;
        }
    }
    if (caught != 100)
    {
        throw new InvalidDataException($"Caught {caught}.");
    }
}

void CallFromManyThreads()
{
    for (int i = 0; i < 20; i++)
    {
        Thread thread = new(() =>
        {
            byte[] all = new byte[communicator.Size];
            communicator.AllGather([(byte)communicator.Rank], all, [.. Enumerable.Repeat(1, communicator.Size)]);
            if (all[^1] != communicator.Size - 1)
            {
                throw new InvalidDataException("Another's byte is missing.");
            }
        });
        thread.Start();
        thread.Join();
    }
}

// All are in the middle of it when the chosen one does what it does.
void GatherUntil(Action end)
{
    int[] lengths = [.. Enumerable.Repeat(100_000, communicator.Size)];
    byte[] own = new byte[100_000], all = new byte[own.Length * communicator.Size];
    for (int i = 0; ; i++)
    {
        communicator.AllGather(own, all, lengths);
        if (i == 50 && isChosen)
        {
            end();
        }
    }
}
