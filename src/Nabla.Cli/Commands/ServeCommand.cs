using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Nabla.Cli.Display;
using Nabla.Cli.Options;
using Nabla.Web;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla serve</c>: answers requests over HTTP.</summary>
internal sealed class ServeCommand : Command
{
    private const string TokenVariable = "NABLA_TOKEN";

    private readonly Option<string?> _models = new("--models") { Description = "A folder whose files *.safetensors are served beside the models that come with nabla, and where trainings put theirs; if not given, nabla/models in the user's folder for data.", HelpName = "folder" };

    private readonly Option<int?> _port = NumberOption.Create<int>(
        "--port", "Listen at this port; 8080 if not given, 0 for any that is free.", "a whole number from 0 to 65535", value => value is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort);

    private readonly Option<IPAddress?> _bind = new("--bind")
    {
        Description = "Listen at this address, such as 0.0.0.0 for all that this machine has; if not given, programs of this machine alone reach it. Others need a token.",
        HelpName = "address",
        CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (IPAddress.TryParse(text, out IPAddress? address))
            {
                return address;
            }
            result.AddError($"--bind: found '{text}', expected an IP address such as 0.0.0.0.");
            return null;
        },
    };

    private readonly Option<string?> _token = new("--token") { Description = $"Answer requests to /api and /metrics only where they bring 'Authorization: Bearer' and this text; if not given, the environment's {TokenVariable}.", HelpName = "text" };

    private readonly Option<int?> _rate = NumberOption.CreateCount(
        "--rate", "Answer at most so many requests of one address in a second; if not given, 1000 where other machines are let in, else any number.");

    private readonly Option<bool> _metrics = new("--metrics") { Description = "Answer GET /metrics with figures for Prometheus." };

    public ServeCommand()
        : base("serve", "Answer requests over HTTP: predict samples, read pictures, describe models, train, and show the page to draw on (in a clone of the repository once 'nabla page' has made it).")
    {
        Options.Add(_models);
        Options.Add(_port);
        Options.Add(_bind);
        Options.Add(_token);
        Options.Add(_rate);
        Options.Add(_metrics);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken _)
    {
        WebServerOptions options = new()
        {
            ModelFolder = arguments.GetValue(_models) ?? UserModels(),
            Mnist = FindMnist(),
            PageFolder = PageFiles.Ready,
            Address = arguments.GetValue(_bind),
            Token = arguments.GetValue(_token) ?? TokenOfEnvironment,
            RequestsPerSecond = arguments.GetValue(_rate),
        };
        if (arguments.GetValue(_port) is int port)
        {
            options = options with { Port = port };
        }
        if (options is { Token: null, Address: IPAddress address } && !IPAddress.IsLoopback(address))
        {
            throw new ArgumentException($"--bind {address} lets other machines in; give a --token (or {TokenVariable}) that they have to know, or leave --bind out.");
        }
        using TelemetryExport telemetry = new(arguments.GetValue(_metrics));
        options = options with { Metrics = telemetry.Metrics };
        using Interruption interruption = new();
        await using WebServer server = await WebServer.StartAsync(options, Log, interruption.Token);
        PlainText.Out.WriteLine($"Nabla answers at {server.Address.GetLeftPart(UriPartial.Authority)} until Ctrl-C ends it");
        TaskCompletionSource ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using (interruption.Token.Register(ending.SetResult))
        {
            await ending.Task;
        }
        await server.StopAsync(CancellationToken.None);
        return ExitCode.Success;
    }

    /// <summary>The folder for models where none was named; null where there can be none, as in a container whose files cannot be written.</summary>
    private static string? UserModels()
    {
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        try
        {
            return data.Length == 0 ? null : Directory.CreateDirectory(Path.Combine(data, "nabla", "models")).FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            PlainText.Error.WriteLine($"Nothing can be trained, since there is no folder for models: {exception.Message} Name one with --models.");
            return null;
        }
    }

    /// <summary>What reads MNIST, once, where this machine has it; null where it would have to be downloaded.</summary>
    private static Func<TrainAndTest>? FindMnist()
    {
        if (!Mnist.Status().Any(folder => folder.IsVerified))
        {
            return null;
        }
        Lazy<TrainAndTest> mnist = new(() => Mnist.Load());
        return () => mnist.Value;
    }

    /// <summary>Where others cannot see it, as they can a command line; null where there is none.</summary>
    private static string? TokenOfEnvironment => Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token ? token : null;

    /// <summary>One line an event, on standard error: standard output is for what the command says.</summary>
    private static void Log(ILoggingBuilder logging) => logging
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        })
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
}
