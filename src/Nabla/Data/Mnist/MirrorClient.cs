using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Nabla;

/// <summary>Downloads one file from one address. Whatever the network does wrong is a <see cref="MirrorException"/>.</summary>
[UnsupportedOSPlatform("browser")]
internal sealed class MirrorClient(TimeSpan connectTimeout, TimeSpan stallTimeout)
{
    // A hundredth of what the slowest connections bring: who sends less is to give way to the next mirror.
    private const int MinBytesPerSecond = 1000;

    /// <summary>Copies the file at <paramref name="address"/> to <paramref name="destination"/>.</summary>
    /// <param name="address">http or https.</param>
    /// <param name="limit">Number of bytes that is refused as too much when exceeded.</param>
    /// <param name="destination">Its own errors are passed on: they are not the mirror's.</param>
    /// <param name="report">Told the bytes received and the bytes to come in all, if known.</param>
    /// <param name="cancellation">Stops at once.</param>
    public async Task DownloadAsync(Uri address, long limit, Stream destination, Action<long, long?> report, CancellationToken cancellation)
    {
        // A proxy cannot reach this machine's own servers.
        using SocketsHttpHandler handler = new() { ConnectTimeout = connectTimeout, UseProxy = !address.IsLoopback };
        using HttpClient client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        report(0, null);

        patience.CancelAfter(connectTimeout + stallTimeout);
        using HttpResponseMessage response = await GuardAsync(
            new ValueTask<HttpResponseMessage>(client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, patience.Token)),
            cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new MirrorException(string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {response.StatusCode}"));
        }
        long? total = response.Content.Headers.ContentLength;
        long received = 0;
        CheckLimit(total ?? 0, limit);
        using Stream body = await GuardAsync(new ValueTask<Stream>(response.Content.ReadAsStreamAsync(patience.Token)), cancellation).ConfigureAwait(false);
        byte[] buffer = new byte[1 << 16];
        Stopwatch clock = Stopwatch.StartNew();
        long receivedBefore = 0;
        while (true)
        {
            patience.CancelAfter(stallTimeout);
            int read = await GuardAsync(body.ReadAsync(buffer, patience.Token), cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }
            received += read;
            CheckLimit(received, limit);
            if (clock.Elapsed >= stallTimeout)
            {
                double rate = (received - receivedBefore) / clock.Elapsed.TotalSeconds;
                if (rate < MinBytesPerSecond)
                {
                    throw new MirrorException(string.Create(CultureInfo.InvariantCulture, $"sent {rate:F0} bytes a second, expected at least {MinBytesPerSecond}"));
                }
                clock.Restart();
                receivedBefore = received;
            }
            await destination.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            report(received, total);
        }
    }

    private static void CheckLimit(long bytes, long limit)
    {
        if (bytes > limit)
        {
            throw new MirrorException($"sends more than the {limit} bytes that the file can have");
        }
    }

    /// <summary>Waits for the network and says what failed in a few words.</summary>
    private async ValueTask<T> GuardAsync<T>(ValueTask<T> action, CancellationToken cancellation)
    {
        try
        {
            return await action.ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            // The handler's own time-out for connecting is marked by an inner TimeoutException.
            throw new MirrorException(exception.InnerException is TimeoutException
                ? $"no connection within {Seconds(connectTimeout)} s"
                : $"no byte for {Seconds(stallTimeout)} s", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException && !cancellation.IsCancellationRequested)
        {
            throw new MirrorException(Describe(exception), exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellation);
        }
    }

    private static string Describe(Exception exception)
    {
        switch (exception)
        {
            case HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }:
                return "host not found";
            case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }:
                return "no secure connection";
            case HttpRequestException { InnerException: SocketException socket }:
                return socket.SocketErrorCode == SocketError.ConnectionRefused ? "connection refused" : OneLine(socket.Message);
            case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
            case HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded }:
                return "the connection broke off";
            default:
                return OneLine(exception.Message);
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd('.');

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>One mirror did not serve a file; the next one may. The message is a few words for the list of all failures.</summary>
internal sealed class MirrorException(string message, Exception? inner = null) : Exception(message, inner);
