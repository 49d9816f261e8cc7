using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>
/// The weights of a network as pictures, one a layer: kernels of convolutions, and what a unit reads of an image, as tiles; other weights as a matrix. Blue is above 0,
/// orange below, and 0 has the page's own colour.
/// </summary>
internal static class WeightTiles
{
    // What is not shown is said.
    private const int MostTiles = 64, TilesInRow = 8, MostTileRows = 8, MostTileColumns = 16, MostMatrixSide = 128;

    // Pictures are magnified to about this width, a weight to at most so many pixels.
    private const int UsualWidth = 480, MostMagnified = 14;

    private const int MostInputsNamed = 40;
    private const int MostLayers = 24;

    public static Html Of(Network network)
    {
        List<Html> figures = [];
        for (int layer = 0; layer < network.Layers.Count; layer++)
        {
            if (LayerWeights.Of(network, layer) is LayerWeights weights)
            {
                figures.Add(Figure(network, layer, weights));
            }
        }
        return figures.Count == 0
            ? Html.Of($"<p>No layer has weights.</p>")
            : Html.Of($"""
                {(figures.Count > MostLayers ? Html.Of($"""<p class="remark">The first {MostLayers} of {figures.Count} layers with weights.</p>""") : Html.Empty)}
                <div class="weights">{figures.Take(MostLayers)}</div>
                """);
    }

    private static Html Figure(Network network, int layer, LayerWeights weights)
    {
        float most = Math.Max(weights.Greatest, float.Epsilon);
        string output = network.Layers[layer] switch
        {
            Dense => "unit",
            Convolution2D => "filter",
            _ => "channel",
        };
        (Sheet sheet, string what) = weights switch
        {
            { Height: 1, Width: 1 } => Matrix(weights, InputNames(network, layer), output),
            { Inputs: 1 } => Wall(weights, output),
            _ => Grid(weights, output),
        };
        int zoom = Math.Clamp(UsualWidth / sheet.Width, 1, MostMagnified);
        string name = network.Layers[layer].Name;
        return Html.Of($"""
            <figure>
            <figcaption><b>{name}</b> {what}</figcaption>
            <img class="pixels" src="{PictureData.OfShades(sheet.Values, sheet.Width, most)}" width="{sheet.Width * zoom}" height="{sheet.Height * zoom}" alt="Weights of {name}: {what}"/>
            <div class="scale" role="img" aria-label="Scale: orange is {-most:G2}, no colour 0, blue {most:G2}">−{most:G2}<i></i>+{most:G2}</div>
            </figure>

            """);
    }

    /// <summary>A tile for each output, one after the other.</summary>
    private static (Sheet Sheet, string What) Wall(LayerWeights kernel, string outputName)
    {
        int tiles = Math.Min(kernel.Outputs, MostTiles), columns = Math.Min(tiles, TilesInRow);
        Sheet sheet = new((tiles + columns - 1) / columns, columns, kernel.Height, kernel.Width);
        for (int output = 0; output < tiles; output++)
        {
            sheet.Draw(output / columns, output % columns, kernel, 0, output);
        }
        return (sheet, string.Create(CultureInfo.InvariantCulture, $"{kernel.Height}×{kernel.Width} weights of {Part(tiles, kernel.Outputs, outputName)}"));
    }

    /// <summary>A row of tiles for each input channel, a column for each output.</summary>
    private static (Sheet Sheet, string What) Grid(LayerWeights kernel, string outputName)
    {
        int rows = Math.Min(kernel.Inputs, MostTileRows), columns = Math.Min(kernel.Outputs, MostTileColumns);
        Sheet sheet = new(rows, columns, kernel.Height, kernel.Width);
        for (int input = 0; input < rows; input++)
        {
            for (int output = 0; output < columns; output++)
            {
                sheet.Draw(input, output, kernel, input, output);
            }
        }
        return (sheet, string.Create(CultureInfo.InvariantCulture, $"{kernel.Height}×{kernel.Width} weights; rows: {Part(rows, kernel.Inputs, "channel")}, columns: {Part(columns, kernel.Outputs, outputName)}"));
    }

    /// <summary>A weight for each pair of input and output, the longer side across.</summary>
    private static (Sheet Sheet, string What) Matrix(LayerWeights kernel, string names, string outputName)
    {
        int inputs = Math.Min(kernel.Inputs, MostMatrixSide), outputs = Math.Min(kernel.Outputs, MostMatrixSide);
        bool isTurned = inputs > outputs;
        Sheet sheet = new(1, 1, isTurned ? outputs : inputs, isTurned ? inputs : outputs);
        for (int input = 0; input < inputs; input++)
        {
            for (int output = 0; output < outputs; output++)
            {
                sheet.Values[isTurned ? output * inputs + input : input * outputs + output] = kernel[0, 0, input, output];
            }
        }
        string ins = Part(inputs, kernel.Inputs, "input") + names, outs = Part(outputs, kernel.Outputs, outputName);
        return (sheet, $"rows: {(isTurned ? outs : ins)}; columns: {(isTurned ? ins : outs)}");
    }

    private static string Part(int shown, int all, string noun) =>
        $"{(shown < all ? FormattableString.Invariant($"{shown} of {all:N0}") : FormattableString.Invariant($"{all:N0}"))} {noun}{(all == 1 ? "" : "s")}";

    /// <summary>Names of the columns of a table where a layer reads these, in brackets.</summary>
    private static string InputNames(Network network, int layer) =>
        network.Schema is { FeatureCount: <= MostInputsNamed } schema && network.InputsOf(layer) is [0]
            ? $" ({string.Join(", ", schema.Columns.SelectMany(column => (column.Categories ?? [""]).Select(category => $"{column.Name ?? $"column {column.Place}"}{(category.Length > 0 ? $" = {category}" : "")}")))})"
            : "";

    /// <summary>Tiles in rows, with a gap of one weight between them.</summary>
    private sealed class Sheet(int rows, int columns, int tileHeight, int tileWidth)
    {
        public int Width { get; } = columns * (tileWidth + 1) - 1;

        public int Height { get; } = rows * (tileHeight + 1) - 1;

        public float[] Values { get; } = [.. Enumerable.Repeat(float.NaN, (columns * (tileWidth + 1) - 1) * (rows * (tileHeight + 1) - 1))];

        public void Draw(int row, int column, LayerWeights kernel, int input, int output)
        {
            for (int y = 0; y < tileHeight; y++)
            {
                for (int x = 0; x < tileWidth; x++)
                {
                    Values[(row * (tileHeight + 1) + y) * Width + column * (tileWidth + 1) + x] = kernel[y, x, input, output];
                }
            }
        }
    }
}
