using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Nabla.Web.Requests;

/// <summary>Gives every refused request problem details (RFC 9457) with one sentence.</summary>
internal sealed partial class Problems(RequestDelegate next, WebServerOptions options, ILogger<Problems> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        try
        {
            await next(context).ConfigureAwait(false);
            // What routing itself refuses has a status and nothing else.
            if (response.StatusCode >= StatusCodes.Status400BadRequest && !response.HasStarted && response.ContentType is null)
            {
                await Write(context, response.StatusCode, SentenceOf(context)).ConfigureAwait(false);
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // There is nobody left to tell, but the log.
            response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception exception) when (!response.HasStarted)
        {
            if (exception is RequestException { RetryAfter: int seconds })
            {
                response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            }
            (int status, string sentence) = Describe(exception);
            if (status == StatusCodes.Status500InternalServerError)
            {
                LogMistake(exception);
            }
            await Write(context, status, sentence).ConfigureAwait(false);
        }
    }

    private (int Status, string Sentence) Describe(Exception exception) => exception switch
    {
        RequestException refused => (refused.Status, refused.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (StatusCodes.Status413PayloadTooLarge,
            string.Create(CultureInfo.InvariantCulture, $"The body is too large, expected at most {options.MaxBodyBytes:N0} bytes; send it in parts.")),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => (StatusCodes.Status408RequestTimeout, "The body came too slowly; send it again over a faster connection."),
        BadHttpRequestException bad => (bad.StatusCode, $"The request is not as HTTP has them: {bad.Message}"),
        OutOfMemoryException => (StatusCodes.Status503ServiceUnavailable, "There is not enough memory for this; send fewer samples or a smaller picture."),
        _ => (StatusCodes.Status500InternalServerError, "A mistake in Nabla itself, which the server's log tells; please report it."),
    };

    private static string SentenceOf(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"There is nothing at {context.Request.Path.ToUriComponent()}; /openapi/v1.json lists what there is.",
        StatusCodes.Status405MethodNotAllowed => $"Found {context.Request.Method} {context.Request.Path.ToUriComponent()}, expected {context.Response.Headers.Allow}.",
        int status => $"{ReasonPhrases.GetReasonPhrase(status)}: {context.Request.Method} {context.Request.Path.ToUriComponent()}.",
    };

    private static Task Write(HttpContext context, int status, string sentence)
    {
        Telemetry.Refuse(status);
        context.Response.StatusCode = status;
        ProblemDetails problem = new() { Status = status, Title = ReasonPhrases.GetReasonPhrase(status), Detail = sentence };
        return context.Response.WriteAsJsonAsync(problem, WebJson.Readable.ProblemDetails, "application/problem+json", context.RequestAborted);
    }

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "A request failed by a mistake in Nabla itself.")]
    private partial void LogMistake(Exception exception);
}
