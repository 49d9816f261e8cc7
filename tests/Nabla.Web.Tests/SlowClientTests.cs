using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Nabla.Tests;
using Nabla.Web.Requests;

namespace Nabla.Web.Tests;

/// <summary>Clients that are slow, or go half way: they are answered or cut off, and others are served meanwhile.</summary>
public sealed class SlowClientTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private static readonly WebServerOptions Impatient = new()
    {
        ConcurrentPredictions = 1,
        Patience = new ClientPatience { Header = TimeSpan.FromSeconds(1), Idle = TimeSpan.FromSeconds(1), Grace = TimeSpan.FromSeconds(1.1), BytesPerSecond = 10_000_000 },
    };

    [Fact]
    public async Task A_header_that_does_not_end_is_not_waited_for()
    {
        await using RunningServer server = await RunningServer.Start(Impatient);
        string answer = await WhileOthersAreServed(server, Drip(server, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_not_waited_for()
    {
        await using RunningServer server = await RunningServer.Start(Impatient);
        string answer = await WhileOthersAreServed(server, Drip(server, Post(784)));
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"detail\":\"The body came too slowly; send it again over a faster connection.\"", answer, StringComparison.Ordinal);
        Assert.Matches("^POST /api/predict 408 ", await server.Log.WaitFor(" 408 "));
    }

    [Fact]
    public async Task Who_closes_one_half_of_the_connection_has_left()
    {
        await using RunningServer server = await RunningServer.Start(Impatient);
        using NetworkStream client = await Connect(server);
        await client.WriteAsync(Encoding.ASCII.GetBytes($"{Post(784)}half"));
        client.Socket.Shutdown(SocketShutdown.Send);
        // It may be told so, or be gone before.
        Assert.Matches(@"^(HTTP/1\.1 400 |$)", await ReadToEnd(client).WaitAsync(Soon));
        Assert.Matches("^POST /api/predict (400|499) ", await server.Log.WaitFor("POST"));
        await AreServed(server);
    }

    [Fact]
    public async Task Who_says_nothing_is_cut_off()
    {
        await using RunningServer server = await RunningServer.Start(Impatient);
        using NetworkStream client = await Connect(server);
        Assert.Equal("", await WhileOthersAreServed(server, ReadToEnd(client)));
    }

    [Fact]
    public async Task Who_takes_nothing_of_an_answer_is_cut_off()
    {
        using TemporaryFolder folder = new();
        // More than lies in the buffers of both ends.
        Network large = Network.Create([4000], Layer.Dense(4000));
        large.Initialize(new NumPyRandom(1));
        large.Save(folder["large.safetensors"]);
        long size = new FileInfo(folder["large.safetensors"]).Length;
        await using RunningServer server = await RunningServer.Start(Impatient with { ModelFolder = folder.FullName });
        using NetworkStream client = await Connect(server, receiveBuffer: 4096);
        await client.WriteAsync("GET /api/models/large/file HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        // The line is written once the server is done with it.
        string line = await WhileOthersAreServed(server, server.Log.WaitFor("/api/models/large/file"));
        Assert.StartsWith("GET /api/models/large/file ", line, StringComparison.Ordinal);
        long got = 0;
        try
        {
            byte[] buffer = new byte[1 << 16];
            for (int count; (count = await client.ReadAsync(buffer).AsTask().WaitAsync(Soon)) > 0;)
            {
                got += count;
            }
        }
        catch (IOException)
        {
            // The connection was reset.
        }
        Assert.InRange(got, 0, size - 1);
    }

    private static string Post(int length) => string.Create(CultureInfo.InvariantCulture,
        $"POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n");

    /// <summary>Others are answered as long as something lasts, which is less than it would by the limits that are not for tests.</summary>
    private static async Task<T> WhileOthersAreServed<T>(RunningServer server, Task<T> slow)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            await AreServed(server);
            await Task.Delay(20);
        }
        while (!slow.IsCompleted);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, new ClientPatience().Header);
        return await slow;
    }

    private static async Task AreServed(RunningServer server) =>
        Assert.Single((await server.Post("/api/predict?model=digits-small", Samples.Bytes(1), "application/octet-stream").WaitAsync(Soon)).Predictions);

    /// <summary>Sends the beginning of a request, and then a byte now and then until there is an answer.</summary>
    private static async Task<string> Drip(RunningServer server, string begin)
    {
        using NetworkStream client = await Connect(server);
        await client.WriteAsync(Encoding.ASCII.GetBytes(begin));
        Task<string> answer = ReadToEnd(client);
        while (await Task.WhenAny(answer, Task.Delay(100)) != answer)
        {
            try
            {
                await client.WriteAsync("x"u8.ToArray());
            }
            catch (IOException)
            {
                // It was closed: what it has sent can be read.
                break;
            }
        }
        return await answer.WaitAsync(Soon);
    }

    private static async Task<NetworkStream> Connect(RunningServer server, int? receiveBuffer = null)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        if (receiveBuffer is int bytes)
        {
            socket.ReceiveBufferSize = bytes;
        }
        await socket.ConnectAsync(server.Server.Address.Host, server.Server.Address.Port);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task<string> ReadToEnd(NetworkStream client)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        try
        {
            for (int count; (count = await client.ReadAsync(buffer)) > 0;)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }
        }
        catch (IOException)
        {
            // Reset, as what was sent meanwhile was not read.
        }
        return text.ToString();
    }
}
