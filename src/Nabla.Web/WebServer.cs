using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nabla.Web.Models;
using Nabla.Web.Predicting;
using Nabla.Web.Requests;
using Nabla.Web.Trainings;

namespace Nabla.Web;

/// <summary>Answers requests over HTTP with networks: <c>await using WebServer server = await WebServer.StartAsync(new WebServerOptions());</c></summary>
public sealed class WebServer : IAsyncDisposable
{
    /// <summary>What its meter and its source of activities are called, for OpenTelemetry and the like.</summary>
    public const string TelemetryName = "Nabla";

    private readonly WebApplication _application;

    private WebServer(WebApplication application) => _application = application;

    /// <summary>Where it listens; of several addresses the first.</summary>
    public Uri Address => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts a server, which then listens until it is stopped. It looks at no environment variable, settings file or signal.</summary>
    /// <param name="options">Where it listens, and so on.</param>
    /// <param name="logging">Adds where its log goes; null for nowhere.</param>
    /// <param name="cancellation">Gives up before it listens.</param>
    /// <exception cref="ArgumentException">The address is not of this machine alone, and there is no token.</exception>
    /// <exception cref="IOException">The address or port cannot be had, or there is no such folder.</exception>
    public static async Task<WebServer> StartAsync(WebServerOptions options, Action<ILoggingBuilder>? logging = null, CancellationToken cancellation = default)
    {
        if (!options.IsLocal && options.Token is null)
        {
            throw new ArgumentException($"found the address {options.Address} without a token, expected one, since other machines can reach it; give a token, or listen on this machine alone.");
        }
        if (options.ModelFolder is string folder && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no such folder, expected one with files *.safetensors; check the path.");
        }
        if (options.PageFolder is string page && !Directory.Exists(page))
        {
            throw new DirectoryNotFoundException($"{page}: there is no such folder, expected one with the files of a page; check the path.");
        }
        WebApplication application = Build(options, logging);
        try
        {
            await application.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw CannotListen(options, exception) ?? exception;
        }
        return new WebServer(application);
    }

    /// <summary>Takes no more connections, lets requests that are under way finish (<see cref="WebServerOptions.ShutdownTimeout"/>), and ends.</summary>
    /// <param name="cancellation">Ends requests that are under way, too.</param>
    public Task StopAsync(CancellationToken cancellation = default) => _application.StopAsync(cancellation);

    /// <summary>Stops it, if it has not been, and frees what it holds.</summary>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static WebApplication Build(WebServerOptions options, Action<ILoggingBuilder>? logging)
    {
        // Empty: no environment variable or file in the working folder changes where it listens or what it allows.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        // Why it does not start, the caller is told.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging?.Invoke(builder.Logging);

        IServiceCollection services = builder.Services;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        services.AddRoutingCore();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, WebJson.Readable);
            // Else the document would say that numbers may be texts.
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddResponseCompression(PageFiles.Compress);
        services.AddOpenApi(ApiDocument.Configure);
        services.AddSingleton<IHostLifetime, NoSignals>();
        services.AddSingleton(options);
        services.AddSingleton<ModelStore>();
        services.AddHostedService<ModelLoading>();
        services.AddSingleton<PredictionTurns>();
        services.AddSingleton<TrainingQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<TrainingQueue>());
        RateLimit.Add(services, options.RateLimit);

        WebApplication application = builder.Build();
        application.UseMiddleware<RequestLog>();
        application.UseMiddleware<Problems>();
        RateLimit.Use(application, options.RateLimit);
        application.UseMiddleware<AccessGuard>();
        if (options.PageFolder is string folder)
        {
            PageFiles.Serve(application, folder);
        }
        application.MapOpenApi();
        HealthEndpoints.Map(application);
        ModelEndpoints.Map(application);
        PredictionEndpoints.Map(application);
        TrainingEndpoints.Map(application);
        HealthEndpoints.MapMetrics(application, options.Metrics);
        return application;
    }

    private static void Configure(KestrelServerOptions kestrel, WebServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        options.Patience.Apply(kestrel.Limits);
        if (options.Address is IPAddress address)
        {
            kestrel.Listen(address, options.Port, Speak);
        }
        else if (options.Port == 0)
        {
            // A port that is free by IPv4 may not be by IPv6.
            kestrel.Listen(IPAddress.Loopback, 0, Speak);
        }
        else
        {
            kestrel.ListenLocalhost(options.Port, Speak);
        }

        static void Speak(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;
    }

    /// <summary>What a user can do where the address cannot be had; null where it is something else.</summary>
    private static IOException? CannotListen(WebServerOptions options, Exception exception)
    {
        SocketError? error = null;
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            error = inner is SocketException socket ? socket.SocketErrorCode : error;
        }
        string address = options.Address?.ToString() ?? "localhost";
        return error switch
        {
            null => null,
            SocketError.AddressAlreadyInUse => new IOException(string.Create(CultureInfo.InvariantCulture, $"port {options.Port} of {address} is in use by another program; end that, or take another port."), exception),
            SocketError.AccessDenied => new IOException(string.Create(CultureInfo.InvariantCulture, $"port {options.Port} of {address} may not be listened at; take one above 1023."), exception),
            SocketError.AddressNotAvailable => new IOException($"{address} is no address of this machine; take one that it has.", exception),
            _ => new IOException(string.Create(CultureInfo.InvariantCulture, $"port {options.Port} of {address} cannot be listened at ({error}); take another address or port."), exception),
        };
    }

    /// <summary>Signals are the program's business, not the server's.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
