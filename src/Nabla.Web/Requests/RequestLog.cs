using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Nabla.Web.Requests;

/// <summary>One line of the log a request; nothing of what it holds.</summary>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            // As it was sent: without line ends or what steers a terminal.
            string path = context.Request.Path.ToUriComponent();
            double milliseconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1);
            LogRequest(context.Request.Method, path, context.Response.StatusCode, milliseconds);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Method} {Path} {Status} {Milliseconds} ms")]
    private partial void LogRequest(string method, string path, int status, double milliseconds);
}
