using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace Nabla.Benchmarks;

/// <summary>Which programs are wanted, which of them are there, and in which versions.</summary>
internal sealed class PeerList(IReadOnlyCollection<Peer> wanted)
{
    private readonly Dictionary<Peer, string?> _reasons = [];

    public bool IsWanted(Peer peer) => peer == Peer.Nabla || wanted.Contains(peer);

    /// <summary>Why a program cannot take part, in one line, or null.</summary>
    public string? WhyMissing(Peer peer)
    {
        if (!_reasons.TryGetValue(peer, out string? reason))
        {
            _reasons[peer] = reason = Try(() => Version(peer));
        }
        return reason;
    }

    /// <summary>Name and version of all that take part.</summary>
    public IEnumerable<string> Versions => Enum.GetValues<Peer>().Where(peer => IsWanted(peer) && WhyMissing(peer) is null).Select(Version);

    private static string Version(Peer peer) => peer switch
    {
        Peer.TorchSharp => TorchVersion(),
        Peer.NumPy => NumPyProcess.Version(),
        Peer.OnnxRuntime => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}",
        _ => $"Nabla {typeof(Network).Assembly.GetName().Version!.ToString(3)}",
    };

    private static string TorchVersion()
    {
        using torch.Tensor one = torch.ones(1); // loads libtorch
        return $"TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)} with libtorch {torch.__version__}";
    }

#pragma warning disable CA1031 // Whatever goes wrong when a foreign library is loaded: it is reported, and the others go on.
    private static string? Try(Func<string> load)
    {
        try
        {
            load();
            return null;
        }
        catch (Exception exception)
        {
            // The first sentence: TorchSharp's message goes on for pages.
            string message = (exception.InnerException ?? exception).Message.ReplaceLineEndings(" ");
            int end = message.IndexOf(". ", StringComparison.Ordinal);
            return end < 0 ? message : message[..(end + 1)];
        }
    }
#pragma warning restore CA1031
}
