using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Nabla.LoadBenchmarks;

/// <summary>What came of a time under load.</summary>
/// <param name="Requests">Requests that were answered.</param>
/// <param name="Microseconds">How long it took.</param>
/// <param name="Errors">Answers other than 200, time-outs, and errors of connections.</param>
/// <param name="P50">The median of how long an answer took, in microseconds.</param>
/// <param name="P99">What 99% stayed below.</param>
/// <param name="P999">What 99.9% stayed below.</param>
internal sealed record Load(long Requests, long Microseconds, long Errors, long P50, long P99, long P999)
{
    public double PerSecond => Requests * 1e6 / Microseconds;
}

/// <summary>The load generator wrk: each client sends its next request once it has the answer.</summary>
internal sealed class Wrk(string images, string model)
{
    /// <param name="server">Where the server listens.</param>
    /// <param name="clients">How many there are, each with a connection of its own.</param>
    /// <param name="seconds">How long.</param>
    public async Task<Load> Run(Uri server, int clients, int seconds)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "predict.lua");
        // One thread: it can send more than a server answers, and takes less from it.
        ProcessStartInfo start = new("wrk",
            [
                "--threads", "1", "--connections", clients.ToString(CultureInfo.InvariantCulture), "--duration", string.Create(CultureInfo.InvariantCulture, $"{seconds}s"), "--timeout", "30s",
                "--script", script, new Uri(server, $"/api/predict?model={model}").ToString(), "--", images,
            ])
        { RedirectStandardOutput = true };
        try
        {
            using Process process = Process.Start(start)!;
            string output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            string line = output.Split('\n').FirstOrDefault(text => text.StartsWith('{')) ?? throw new InvalidOperationException($"wrk said nothing of requests: {output.ReplaceLineEndings(" ")}");
            return JsonSerializer.Deserialize(line, AnswerJson.Default.Load)!;
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException("wrk is not there; install it: apt-get install wrk.");
        }
    }
}
