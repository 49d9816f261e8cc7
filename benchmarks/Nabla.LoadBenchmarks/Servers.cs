using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Nabla.Web;

namespace Nabla.LoadBenchmarks;

/// <summary>The servers, each in a process of its own: 784 bytes in, the same JSON out.</summary>
internal static class Servers
{
    /// <summary>Starts one, says where it listens, and goes on until the process is ended.</summary>
    /// <param name="contestant">Which.</param>
    /// <param name="model">The network of those that ship.</param>
    /// <param name="training">Whether a network is trained all the while, in the same process.</param>
    public static async Task Run(Contestant contestant, string model, bool training)
    {
        Uri address = contestant == Contestant.Nabla ? await StartNabla() : await StartOnnxRuntime(model, contestant == Contestant.OnnxRuntime ? 1 : Environment.ProcessorCount);
        if (training)
        {
            new Thread(Train) { IsBackground = true }.Start();
        }
        Console.WriteLine(address);
        await Task.Delay(Timeout.Infinite);
    }

    private static void Train()
    {
        TrainAndTest data = Benchmarks.MnistImages.All;
        while (true)
        {
            RecipeBook.Get("tiny").Train(data);
        }
    }

    /// <summary>As many may wait as there are clients: the other server refuses nobody.</summary>
    private static async Task<Uri> StartNabla() => (await WebServer.StartAsync(new WebServerOptions { Port = 0, QueuedPredictions = 1000, MaxConnections = 1000 })).Address;

    private static async Task<Uri> StartOnnxRuntime(string name, int threads)
    {
        using MemoryStream model = new();
        using Stream file = Digits.Open(name);
        Network.Load(file, name).ExportOnnx(model, new OnnxExportOptions { Input = OnnxInput.Bytes, Probabilities = true, FoldBatchNormalization = true });
        Microsoft.ML.OnnxRuntime.SessionOptions options = new() { IntraOpNumThreads = threads, InterOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        InferenceSession session = new(model.ToArray(), options);
        string[] inputs = [session.InputNames[0]], outputs = [session.OutputNames[0]];
        RunOptions run = new();

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, AnswerJson.Default));
        WebApplication application = builder.Build();
        application.MapPost("/api/predict", async Task<IResult> (HttpRequest request) =>
        {
            byte[] pixels = new byte[784];
            if (request.ContentLength != pixels.Length)
            {
                return TypedResults.BadRequest();
            }
            await request.Body.ReadExactlyAsync(pixels);
            float[] scores = new float[10];
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 28, 28]);
            using OrtValue output = OrtValue.CreateTensorValueFromMemory(scores, [1, 10]);
            session.Run(run, inputs, [input], outputs, [output]);
            int label = Array.IndexOf(scores, scores.Max());
            return TypedResults.Ok(new Answer(name, [new SampleAnswer(label, Names[label], scores[label], scores)]));
        });
        await application.StartAsync();
        return new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    private static readonly string[] Names = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
}

/// <summary>What our server answers, too.</summary>
internal sealed record Answer(string Model, SampleAnswer[] Predictions);

/// <summary>Of one image.</summary>
internal sealed record SampleAnswer(int Label, string Name, float Confidence, float[] Scores);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(Load))]
internal sealed partial class AnswerJson : JsonSerializerContext;
