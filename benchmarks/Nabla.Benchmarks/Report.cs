using System.Globalization;
using System.Text;
using Nabla.Benchmarks.Measuring;

namespace Nabla.Benchmarks;

/// <summary>The results as a Markdown document.</summary>
internal static class Report
{
    /// <param name="results">The rows.</param>
    /// <param name="limits">For each number of threads.</param>
    /// <param name="versions">Names and versions of all that took part.</param>
    /// <param name="rounds">Rounds of the medians.</param>
    /// <param name="load">Load of the machine at the start.</param>
    public static string Markdown(IReadOnlyList<Result> results, IReadOnlyDictionary<int, Limits> limits, IEnumerable<string> versions, int rounds, double? load)
    {
        StringBuilder text = new();
        text.AppendLine("# Benchmarks").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:d MMMM yyyy}. {Machine.Description}.").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{string.Join("; ", versions)}.").AppendLine();
        if (load > Machine.QuietLoad)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"**The machine was not quiet**: its load was {load:N1} at the start. These figures say little.").AppendLine();
        }
        foreach (Limits limit in limits.Values.OrderBy(limit => limit.Threads))
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"Measured limits, {limit.Threads} {(limit.Threads == 1 ? "thread" : "threads")}: {limit.Flops / 1e9:N0} GFLOP/s of fused multiply-adds; copies {limit.MemoryBandwidth / 1e9:N1} GB/s in memory, {limit.CacheBandwidth / 1e9:N0} GB/s in the second-level cache (read and written).").AppendLine();
        }
        text.AppendLine(CultureInfo.InvariantCulture,
            $"Median of {rounds} rounds in which the programs take turns, in brackets the least and the greatest. All get the same images, initial weights and number of threads. Before they are timed they must agree: in the losses of the first steps and in how far the weights have moved by then (with dropout at rate 0, since everyone draws other masks), or in the results. A limit counts all products; Nabla leaves out many of those with blank pixels, so its share can be above 100%.").AppendLine();
        Table(text, results, limits);
        string[] remarks = [.. results.SelectMany(result => result.Remarks).Distinct()];
        if (remarks.Length > 0)
        {
            text.AppendLine();
            foreach (string remark in remarks)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"- {remark}");
            }
        }
        return text.ToString();
    }

    private static void Table(StringBuilder text, IReadOnlyList<Result> results, IReadOnlyDictionary<int, Limits> limits)
    {
        Peer[] peers = [.. Enum.GetValues<Peer>().Where(peer => results.Any(result => result.Rates.ContainsKey(peer)))];
        Peer[] others = [.. peers.Where(peer => peer != Peer.Nabla)];
        List<string> head =
        [
            "workload", "threads", "unit", .. peers.Select(peer => peer.Title()), .. others.Select(peer => $"Nabla ÷ {peer.Title()}"),
            "limit", "share of limit",
        ];
        Row(text, head);
        Row(text, head.Select(_ => "---"));
        foreach (Result result in results)
        {
            Workload workload = result.Workload;
            Rates? nabla = result.Rates.GetValueOrDefault(Peer.Nabla);
            (double runs, string bound) = limits[result.Threads].For(workload.Cost);
            double limit = runs * workload.UnitsPerRun;
            Row(text,
            [
                $"`{workload.Name}`: {workload.Description}", $"{result.Threads}", workload.Unit,
                .. peers.Select(peer => Cell(result.Rates.GetValueOrDefault(peer))),
                .. others.Select(peer => nabla is not null && result.Rates.TryGetValue(peer, out Rates? rates) ? Format.Times(nabla.Median / rates.Median) : "–"),
                $"{Format.Number(limit)} ({bound})", nabla is null ? "–" : Format.Percent(nabla.Median / limit),
            ]);
        }
    }

    private static string Cell(Rates? rates) =>
        rates is null ? "–" : $"{Format.Number(rates.Median)} ({Format.Number(rates.Least)}–{Format.Number(rates.Greatest)})";

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |");
}
