namespace Nabla.Web.Requests;

/// <summary>A request that is refused: with a status, and a sentence that names what was found, what was expected and what to do.</summary>
internal sealed class RequestException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>After how many seconds the same request may be taken; null where it will not be.</summary>
    public int? RetryAfter { get; init; }
}
