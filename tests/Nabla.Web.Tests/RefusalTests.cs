using System.Text;
using Nabla.Tests;

namespace Nabla.Web.Tests;

/// <summary>Each error's status and sentence; and whatever comes, the server goes on.</summary>
public sealed class RefusalTests
{
    private const string Json = "application/json", Bytes = "application/octet-stream";

    public static TheoryData<string, string, string?, string, int, string> Refused => new()
    {
        { "POST", "/api/predict", Json, "", 400, "The body is no JSON, line 1, column 1: The input does not contain any JSON tokens." },
        { "POST", "/api/predict", Json, "{\"sample\": [1,", 400, "The body is no JSON, line 1, column 14: Expected start of a property name or value, but instead reached end of data." },
        { "POST", "/api/predict", Json, "{\n\"sample\": [1]} x", 400, "The body is no JSON, line 2, column 16: 'x' is invalid after a single JSON value." },
        { "POST", "/api/predict", Json, "[1]", 400, "The body: found an array, expected an object such as {\"samples\": [[0, 0.5]]}." },
        { "POST", "/api/predict", Json, "{}", 400, "Found neither 'sample' nor 'samples', expected one of them." },
        { "POST", "/api/predict", Json, "{\"sample\": [1], \"samples\": [[1]]}", 400, "Found both 'sample' and 'samples', expected one of them." },
        { "POST", "/api/predict", Json, "{\"samples\": []}", 400, "samples: found none, expected at least one." },
        { "POST", "/api/predict", Json, "{\"smaples\": []}", 400, "Found the member 'smaples', expected 'model', 'sample' or 'samples'." },
        { "POST", "/api/predict", Json, "{\"sample\": [1], \"sample\": [1]}", 400, "Found 'sample' twice, expected it once." },
        { "POST", "/api/predict", Json, "{\"model\": 3, \"sample\": [1]}", 400, "model: found 3, expected the name of a model in quotes." },
        { "POST", "/api/predict", Json, "{\"model\": \"nix\", \"sample\": [1]}", 404, "There is no model 'nix', expected one of digits, digits-small." },
        { "POST", "/api/predict", Json, "{\"sample\": 1}", 400, "sample: found 1, expected an array of numbers." },
        { "POST", "/api/predict", Json, "{\"samples\": [1]}", 400, "samples[0]: found 1, expected an array of numbers." },
        { "POST", "/api/predict", Json, "{\"samples\": [[1, 2], [1, \"2\"]]}", 400, "samples[1][1]: found the text \"2\", expected a number of at most 3.403e+38 in size." },
        { "POST", "/api/predict", Json, "{\"samples\": [[1e39]]}", 400, "samples[0][0]: found 1e39, expected a number of at most 3.403e+38 in size." },
        { "POST", "/api/predict", Json, "{\"samples\": [[null]]}", 400, "samples[0][0]: found null, expected a number" },
        { "POST", "/api/predict", Json, "{\"samples\": [[[[[[[[[[1]]]]]]]]]]}", 400, "samples[0][0]: found an array, expected a number" },
        { "POST", "/api/predict", Json, "{\"samples\": [[NaN]]}", 400, "The body is no JSON, line 1, column 15: 'N' is an invalid start of a value." },
        { "POST", "/api/predict", Json, "{\"samples\": [[1, 2]]}", 400, "samples[0]: found 2 numbers, expected 784, one for each value of 28×28." },
        { "POST", "/api/predict", Json, "{\"sample\": []}", 400, "sample: found 0 numbers, expected 784, one for each value of 28×28." },
        { "POST", "/api/predict", Bytes, "abc", 400, "Found 3 bytes, expected 784, one for each value of 28×28, or a multiple of that for many samples." },
        { "POST", "/api/predict", Bytes, "", 400, "Found 0 bytes, expected 784, one for each value of 28×28, or a multiple of that for many samples." },
        { "POST", "/api/predict?model=nix", Bytes, "abc", 404, "There is no model 'nix', expected one of digits, digits-small." },
        { "POST", "/api/predict", "image/png", "abc", 400, "The picture: is no picture of a known kind, expected a JPEG, PNG, WebP, BMP, GIF or PGM picture; save it as one of these." },
        { "POST", "/api/predict", "text/plain", "abc", 415, "Found the Content-Type 'text/plain', expected application/json, application/octet-stream or a picture such as image/png." },
        { "POST", "/api/predict", null, "abc", 415, "Found no Content-Type, expected application/json, application/octet-stream or a picture such as image/png." },
        { "POST", "/api/read", Json, "{}", 415, "Found the Content-Type 'application/json', expected a picture such as image/png." },
        { "POST", "/api/read", "image/png", "", 400, "The picture: is empty, expected a JPEG, PNG, WebP, BMP, GIF or PGM picture." },
        { "POST", "/api/read?model=nix", "image/png", "", 404, "There is no model 'nix', expected one of digits, digits-small." },
        { "GET", "/api/models/nix", null, "", 404, "There is no model 'nix', expected one of digits, digits-small." },
        { "GET", "/api/models/nix/file", null, "", 404, "There is no model 'nix', expected one of digits, digits-small." },
        { "GET", "/nix", null, "", 404, "There is nothing at /nix; /openapi/v1.json lists what there is." },
        { "GET", "/", null, "", 404, "There is nothing at /; /openapi/v1.json lists what there is." },
        { "GET", "/api/predict", null, "", 405, "Found GET /api/predict, expected POST." },
        { "DELETE", "/api/models/digits", null, "", 405, "Found DELETE /api/models/digits, expected GET." },
    };

    [Fact]
    public async Task Each_refusal_has_its_status_and_a_sentence()
    {
        await using RunningServer server = await RunningServer.Start();
        foreach ((string method, string path, string? kind, string body, int status, string sentence) in Refused.Select(row => row.Data))
        {
            ByteArrayContent? content = method == "GET" ? null : new(Encoding.UTF8.GetBytes(body));
            content?.Headers.TryAddWithoutValidation("Content-Type", kind);
            RunningServer.Answer answer = await server.Send(new HttpMethod(method), path, content);
            Assert.True(status == answer.Status, $"{method} {path} {body}: {answer.Status}");
            Assert.StartsWith(sentence, answer.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Text_that_is_no_UTF8_is_refused()
    {
        await using RunningServer server = await RunningServer.Start();
        RunningServer.Answer answer = await server.Post("/api/predict", [.. "{\"model\": \""u8, 0xff, .. "\"}"u8], Json);
        Assert.Equal((400, "The body has text that is no UTF-8, expected JSON in UTF-8."), (answer.Status, answer.Problem));
    }

    [Theory]
    [InlineData("/api/predict", Json)]
    [InlineData("/api/predict", Bytes)]
    [InlineData("/api/predict", "image/png")]
    [InlineData("/api/read", "image/png")]
    public async Task Whatever_comes_is_answered_or_refused(string path, string kind)
    {
        await using RunningServer server = await RunningServer.Start();
        byte[] good = kind switch
        {
            Json => Encoding.UTF8.GetBytes($$"""{"model": "digits-small", "samples": [{{Samples.Json(Samples.Floats(0))}}]}"""),
            Bytes => Samples.Bytes(2),
            _ => Samples.Page([1, 2]),
        };
        Assert.Equal(200, (await server.Post(path, good, kind)).Status);
        NumPyRandom random = new(11);
        for (int i = 0; i < 300; i++)
        {
            byte[] body = i % 3 == 0 ? Any(random) : Damage.CutOrFlip(good, random);
            RunningServer.Answer answer = await server.Post(path, body, kind);
            Assert.True(answer.Status == 200 || (answer.Status is >= 400 and < 500 && answer.Problem.Length > 0), $"{i}: {answer.Status} {Convert.ToHexString(body)}");
        }
        Assert.Equal(200, (await server.Post(path, good, kind)).Status);
    }

    private static byte[] Any(NumPyRandom random)
    {
        byte[] body = new byte[random.NextInt32(2000)];
        for (int i = 0; i < body.Length; i++)
        {
            body[i] = (byte)random.NextInt32(256);
        }
        return body;
    }
}
