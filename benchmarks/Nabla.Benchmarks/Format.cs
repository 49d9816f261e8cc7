using System.Globalization;

namespace Nabla.Benchmarks;

/// <summary>Numbers as the table has them: three or four digits that mean something.</summary>
internal static class Format
{
    public static string Number(double value) => value.ToString(value >= 100 ? "N0" : value >= 10 ? "N1" : "N2", CultureInfo.InvariantCulture);

    public static string Times(double ratio) => $"{ratio.ToString(ratio >= 10 ? "N1" : "N2", CultureInfo.InvariantCulture)}×";

    public static string Percent(double share) => $"{(100 * share).ToString("N0", CultureInfo.InvariantCulture)}%";

    public static string Title(this Peer peer) => peer == Peer.OnnxRuntime ? "ONNX Runtime" : peer.ToString();
}
