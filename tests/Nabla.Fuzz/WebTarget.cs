using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Nabla.Web;

namespace Nabla.Fuzz;

/// <summary>A server of its own, which gets each file as a body of every kind: any answer is right but a mistake of the server's.</summary>
internal static class WebTarget
{
    private static readonly (string Path, string Kind)[] Requests =
    [
        ("/api/predict?model=digits-small", "application/json"), ("/api/predict?model=digits-small", "application/octet-stream"), ("/api/predict?model=digits-small", "image/png"),
        ("/api/read?model=digits-small", "image/png"),
    ];

    private static readonly Lazy<HttpClient> Client = new(() => new HttpClient { BaseAddress = WebServer.StartAsync(new WebServerOptions { Port = 0 }).GetAwaiter().GetResult().Address });

    /// <summary>A sample as JSON, three as bytes, and a picture.</summary>
    public static IReadOnlyList<byte[]> Seeds(byte[] picture)
    {
        byte[] levels = ((ByteFeatures)SyntheticDigits.Generate(3, 1).Features).Values.ToArray();
        string sample = JsonSerializer.Serialize(levels[..784].Select(level => level / 255f));
        return [Encoding.UTF8.GetBytes($$"""{"model": "digits-small", "samples": [{{sample}}]}"""), Encoding.UTF8.GetBytes($$"""{"sample": {{sample}}}"""), levels, picture];
    }

    /// <exception cref="MalformedFileException">It is refused as each kind.</exception>
    /// <exception cref="InvalidOperationException">The answer is another than 200 or a refusal of the client's mistake.</exception>
    public static void Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        List<string> refusals = [];
        foreach ((string address, string kind) in Requests)
        {
            using ByteArrayContent body = new(file);
            body.Headers.ContentType = new MediaTypeHeaderValue(kind);
            using HttpResponseMessage answer = Client.Value.PostAsync(address, body).GetAwaiter().GetResult();
            string text = answer.Content.ReadAsStringAsync().GetAwaiter().GetResult();
            if ((int)answer.StatusCode is >= 400 and < 500)
            {
                using JsonDocument problem = JsonDocument.Parse(text);
                refusals.Add(problem.RootElement.GetProperty("detail").GetString()!);
            }
            else if ((int)answer.StatusCode != 200)
            {
                throw new InvalidOperationException($"{address} as {kind}: {(int)answer.StatusCode} {text}");
            }
        }
        if (refusals.Count == Requests.Length)
        {
            throw new MalformedFileException(path, string.Join(' ', refusals));
        }
    }
}
