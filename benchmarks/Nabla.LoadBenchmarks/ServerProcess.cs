using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Nabla.LoadBenchmarks;

/// <summary>A server in a process of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _model;

    public ServerProcess(Contestant contestant, string model, bool training)
    {
        List<string> arguments = [typeof(ServerProcess).Assembly.Location, "--serve", contestant.ToString(), "--model", model];
        if (training)
        {
            arguments.Add("--training");
        }
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        _model = model;
        Address = new Uri(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The server {contestant} did not start."));
    }

    public Uri Address { get; }

    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The scores of some images, for a comparison.</summary>
    public async Task<float[]> Scores(IEnumerable<byte[]> images)
    {
        using HttpClient client = new() { BaseAddress = Address };
        List<float> scores = [];
        foreach (byte[] image in images)
        {
            using ByteArrayContent body = new(image);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using HttpResponseMessage response = await client.PostAsync($"/api/predict?model={_model}", body);
            response.EnsureSuccessStatusCode();
            Answer answer = JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), AnswerJson.Default.Answer)!;
            scores.AddRange(answer.Predictions.Single().Scores);
        }
        return [.. scores];
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
