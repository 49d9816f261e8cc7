using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nabla.Tests.Data;

/// <summary>A web server on this machine that serves files well or badly: the first part of the path says how.</summary>
internal sealed class MirrorServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Func<string, byte[]?> _find;
    private readonly Task _accepting;

    /// <param name="find">The bytes of the file of a name, or null.</param>
    public MirrorServer(Func<string, byte[]?> find)
    {
        _find = find;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Paths asked for, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Completes when the first part of a stalling answer has been sent.</summary>
    public TaskCompletionSource Stalling { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A mirror that behaves as <paramref name="behaviour"/> says.</summary>
    public Uri this[string behaviour] => new($"http://{_listener.LocalEndpoint}/{behaviour}/");

    /// <summary>How <see cref="DownloadException"/> names that mirror.</summary>
    public string Name(string behaviour) => this[behaviour].AbsoluteUri;

    public void Dispose()
    {
        _closing.Cancel();
        _listener.Stop();
        _accepting.Wait(TestContext.Current.CancellationToken);
        _listener.Dispose();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> answers = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_closing.Token);
                answers.Add(AnswerAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
        await Task.WhenAll(answers);
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await AnswerAsync(client.GetStream());
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        if (await reader.ReadLineAsync(_closing.Token) is not { Length: > 0 } request)
        {
            // Cancelled before it asked.
            return;
        }
        string path = request.Split(' ')[1];
        while (!string.IsNullOrEmpty(await reader.ReadLineAsync(_closing.Token)))
        {
        }
        Requests.Enqueue(path);
        string[] parts = path.Split('/');
        byte[]? file = _find(parts[2]);
        if (file is null)
        {
            await SendAsync("404 Not Found", 0, []);
            return;
        }
        int half = file.Length / 2;
        switch (parts[1])
        {
            case "good":
                await SendAsync("200 OK", file.Length, file);
                break;
            case "forbidden":
                await SendAsync("403 Forbidden", 0, []);
                break;
            case "cut":
                await SendAsync("200 OK", file.Length, file[..half]);
                break;
            case "short":
                await SendAsync("200 OK", null, file[..half]);
                break;
            case "headless":
                await SendAsync("200 OK", null, file);
                break;
            case "corrupt":
                byte[] corrupt = [.. file];
                corrupt[half] ^= 0x10;
                await SendAsync("200 OK", corrupt.Length, corrupt);
                break;
            case "trailing":
                await SendAsync("200 OK", file.Length + 9, [.. file, .. "trailing\n"u8]);
                break;
            case "html":
                await SendAsync("200 OK", 26, [.. "<html>Please log in</html>"u8]);
                break;
            case "other":
                byte[] other = IdxBytes.Compress(IdxBytes.Labels(1, 2, 3));
                await SendAsync("200 OK", other.Length, other);
                break;
            case "huge":
                await SendAsync("200 OK", 10_000_000_000, file);
                break;
            case "endless":
                await SendAsync("200 OK", null, []);
                while (true)
                {
                    await stream.WriteAsync(new byte[10_000], _closing.Token);
                }
            case "stall":
                await SendAsync("200 OK", file.Length, file[..half]);
                Stalling.TrySetResult();
                await Task.Delay(Timeout.Infinite, _closing.Token);
                break;
            case "drip":
                await SendAsync("200 OK", file.Length, []);
                foreach (byte one in file)
                {
                    await stream.WriteAsync(new[] { one }, _closing.Token);
                    await Task.Delay(50, _closing.Token);
                }
                break;
            case "silent":
                await Task.Delay(Timeout.Infinite, _closing.Token);
                break;
            default:
                await SendAsync("404 Not Found", 0, []);
                break;
        }

        async Task SendAsync(string status, long? length, byte[] body)
        {
            string lengthLine = length is null ? "" : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{lengthLine}Connection: close\r\n\r\n"), _closing.Token);
            await stream.WriteAsync(body, _closing.Token);
            await stream.FlushAsync(_closing.Token);
        }
    }
}
