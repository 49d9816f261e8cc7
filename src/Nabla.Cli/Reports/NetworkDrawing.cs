using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>
/// Draws the graph of a network as inline SVG, input at the top: a box for each layer, high and filled where it has weights, low where it only changes what comes by;
/// an arrow from each layer to the one below if that reads it, and an arc at the left where others do.
/// </summary>
internal static class NetworkDrawing
{
    private const double Width = 360, HighBox = 34, LowBox = 21, Gap = 9;
    private const double LaneWidth = 11, MostLanesWidth = 96, Margin = 1;

    /// <summary>A network's drawing.</summary>
    public static Html Of(Network network)
    {
        (double Top, double Height)[] places = Places(network);
        List<Arc> arcs = Arcs(network);
        int lanes = arcs.Count == 0 ? 0 : arcs.Max(arc => arc.Lane) + 1;
        double lane = lanes == 0 ? 0 : Math.Min(LaneWidth, MostLanesWidth / lanes), left = Margin + lanes * lane + (lanes == 0 ? 0 : 8);
        double bottom = places[^1].Top + places[^1].Height + Margin;
        int most = Math.Max(1, network.Layers.Max(layer => layer.ParameterCount));
        return Html.Of($"""
            <svg class="network" viewBox="0 0 {Width} {bottom:0.#}" style="max-width:{Width}px" role="img" aria-label="{Description(network, arcs.Count)}">
            {arcs.Select(arc => Curve(arc, places, left, left - 8 - (arc.Lane + 1) * lane))}
            {Enumerable.Range(0, network.Layers.Count).Where(layer => network.InputsOf(layer).Contains(layer)).Select(layer => Arrow(places[layer], places[layer + 1], left))}
            {Box("end", left, places[0], "Input", network.InputShape.ToString(), null, 0)}
            {network.Layers.Select((layer, i) => Box(IsHigh(layer) ? "weights" : "", left, places[i + 1], Caption(layer), layer.OutputShape.ToString(), layer, (double)layer.ParameterCount / most))}
            </svg>
            """);
    }

    /// <summary>Whether a layer has weights of its own.</summary>
    private static bool IsHigh(Layer layer) => layer.Parameters.Any(parameter => parameter.Role == ParameterRole.Weight);

    private static (double Top, double Height)[] Places(Network network)
    {
        List<(double Top, double Height)> places = [(Margin, LowBox)];
        foreach (Layer layer in network.Layers)
        {
            places.Add((places[^1].Top + places[^1].Height + Gap, IsHigh(layer) ? HighBox : LowBox));
        }
        return [.. places];
    }

    private static Html Box(string style, double left, (double Top, double Height) place, string caption, string shape, Layer? layer, double share)
    {
        const double Padding = 9, FirstLine = 14, SecondLine = 27, Bar = 2;
        double right = Width - Margin, width = right - left, start = left + Padding, end = right - Padding, first = place.Top + FirstLine, second = place.Top + SecondLine;
        string parameters = layer is { ParameterCount: > 0 and int count } ? Text(count) : "";
        string kind = layer?.GetType().Name ?? caption, options = caption[kind.Length..].TrimStart(',', ' ');
        bool isHigh = place.Height > LowBox;
        Html texts = isHigh
            ? Html.Of($"""
                <text class="kind" x="{start:0.#}" y="{first:0.#}">{kind}</text><text class="shape" x="{end:0.#}" y="{first:0.#}">{shape}</text>
                <text class="options" x="{start:0.#}" y="{second:0.#}">{options}</text><text class="count" x="{end:0.#}" y="{second:0.#}">{parameters} parameters</text>
                <rect class="share" x="{left:0.#}" y="{place.Top + HighBox - Bar:0.#}" width="{Math.Max(Bar, share * width):0.#}" height="{Bar}"/>
                """)
            : Html.Of($"""
                <text class="kind" x="{start:0.#}" y="{first:0.#}">{kind} <tspan class="options">{options}</tspan></text>
                <text class="shape" x="{end:0.#}" y="{first:0.#}">{shape}<tspan class="count">{(parameters.Length > 0 ? $" · {parameters}" : "")}</tspan></text>
                """);
        return Html.Of($"""
            <g class="box {style}">
            <title>{layer?.ToString() ?? $"Input {shape}"}</title>
            <rect x="{left:0.#}" y="{place.Top:0.#}" width="{width:0.#}" height="{place.Height}" rx="{(style == "end" ? LowBox / 2 : 4)}"/>
            {texts}
            </g>

            """);
    }

    private static Html Arrow((double Top, double Height) from, (double Top, double Height) to, double left)
    {
        double x = left + (Width - Margin - left) / 2;
        return Html.Of($"""<path class="edge" d="M{x:0.#} {from.Top + from.Height:0.#}V{to.Top - 3:0.#}"/><path class="head" d="M{x - 3:0.#} {to.Top - 4:0.#}h6l-3 4z"/>""");
    }

    /// <summary>From the left side of one box to that of another below it.</summary>
    private static Html Curve(Arc arc, (double Top, double Height)[] places, double left, double lane)
    {
        // Where one ends and another begins, both are seen.
        const double Apart = 4, Bend = 14, Head = 4;
        double from = places[arc.From].Top + places[arc.From].Height / 2 + Apart, to = places[arc.To].Top + places[arc.To].Height / 2 - Apart, bend = Math.Min(Bend, (to - from) / 2);
        return Html.Of($"""
            <path class="edge skip" d="M{left:0.#} {from:0.#}C{lane:0.#} {from:0.#} {lane:0.#} {from:0.#} {lane:0.#} {from + bend:0.#}V{to - bend:0.#}C{lane:0.#} {to:0.#} {lane:0.#} {to:0.#} {left - Head:0.#} {to:0.#}"/>
            <path class="head skip" d="M{left - Head:0.#} {to - 3:0.#}v6l{Head} -3z"/>

            """);
    }

    /// <summary>Who reads what is not right above it: by value, and in a lane where no other is beside it.</summary>
    private static List<Arc> Arcs(Network network)
    {
        List<Arc> arcs = [];
        for (int layer = 0; layer < network.Layers.Count; layer++)
        {
            foreach (int value in network.InputsOf(layer).ToArray().Where(value => value != layer).Distinct())
            {
                arcs.Add(new Arc(value, layer + 1, 0));
            }
        }
        // Short ones first: they are nearest to the boxes, and long ones go around them.
        List<Arc> placed = [];
        foreach (Arc arc in arcs.OrderBy(arc => arc.To - arc.From).ThenBy(arc => arc.From))
        {
            int lane = 0;
            while (placed.Exists(other => other.Lane == lane && other.From < arc.To && arc.From < other.To))
            {
                lane++;
            }
            placed.Add(arc with { Lane = lane });
        }
        return placed;
    }

    /// <summary>What a layer is and how it is set, without its shapes and the number of its parameters, which stand elsewhere.</summary>
    public static string Caption(Layer layer)
    {
        string kind = layer.GetType().Name, text = layer.ToString();
        int end = text.IndexOf("  (", StringComparison.Ordinal);
        string rest = (end < 0 ? text : text[..end])[Math.Min(kind.Length, text.Length)..].Trim();
        string input = layer.InputShape.ToString(), output = layer.OutputShape.ToString(), both = $"{input} → {output}";
        if (rest.StartsWith(both, StringComparison.Ordinal))
        {
            rest = rest[both.Length..];
        }
        else if (rest.IndexOf($" × {output}", StringComparison.Ordinal) is > 0 and int sum && rest[..sum].All(char.IsAsciiDigit))
        {
            // A sum of so many.
            rest = $"of {rest[..sum]}{rest[(sum + 3 + output.Length)..]}";
        }
        else if (rest == output || rest.StartsWith($"{output},", StringComparison.Ordinal))
        {
            rest = rest[output.Length..];
        }
        rest = rest.TrimStart(',', ' ');
        return rest.Length == 0 ? kind : $"{kind}, {rest}";
    }

    private static string Description(Network network, int arcs)
    {
        string past = arcs == 0 ? "each reading the one before" : string.Create(CultureInfo.InvariantCulture, $"{arcs} {(arcs == 1 ? "connection" : "connections")} past other layers");
        return string.Create(CultureInfo.InvariantCulture, $"Graph of the network: {network.Layers.Count} {(network.Layers.Count == 1 ? "layer" : "layers")} from {network.InputShape} to {network.OutputShape}, {past}");
    }

    private static string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <param name="From">The value that is read: 0 for the input, i + 1 for the output of layer i; that is the number of its box, too.</param>
    /// <param name="To">The box of the layer that reads it.</param>
    /// <param name="Lane">How far from the boxes, from 0.</param>
    private sealed record Arc(int From, int To, int Lane);
}
