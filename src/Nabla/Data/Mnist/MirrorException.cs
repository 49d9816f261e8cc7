namespace Nabla;

/// <summary>One mirror did not serve a file; the next one may. The message is a few words for the list of all failures.</summary>
internal sealed class MirrorException(string message, Exception? inner = null) : Exception(message, inner);
