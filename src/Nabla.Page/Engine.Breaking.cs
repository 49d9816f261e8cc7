using System.Runtime.InteropServices.JavaScript;
using System.Text.Json;

namespace Nabla.Page;

// Networks and images that are damaged on purpose.
internal static partial class Engine
{
    private const int Side = 28;

    // One network at a time is damaged; another one that is asked for takes its place.
    private static (Network Of, BrokenNetwork Broken)? _breaking;

    /// <summary>The layers of a network that have units to switch off.</summary>
    /// <param name="model">One of the models.</param>
    [JSExport]
    internal static string BreakableLayers(string model) => JsonSerializer.Serialize(
        [.. Breaking(model).Layers.Select(layer => new BreakableLayerAnswer(layer.Index, layer.Layer.Name, layer.Layer.ToString()!, layer.Order))], PageJson.Default.BreakableLayerAnswerArray);

    /// <summary>Images as they are once they are moved, turned and erased (<see cref="ImageDamage"/>).</summary>
    /// <param name="images">28×28 levels each, one image after the other.</param>
    /// <param name="shiftX">Pixels to the right.</param>
    /// <param name="shiftY">Pixels down.</param>
    /// <param name="degrees">Clockwise.</param>
    /// <param name="erased">Share of the pixels, 0 to 1.</param>
    [JSExport]
    internal static byte[] DamageImages(byte[] images, double shiftX, double shiftY, double degrees, double erased) => new ImageDamage(shiftX, shiftY, degrees, erased).Of(images, Side, Side);

    /// <summary>What a network with damaged weights (<see cref="BrokenNetwork.Damage"/>) takes images for: one label each.</summary>
    /// <param name="model">One of the models.</param>
    /// <param name="images">28×28 levels each, one image after the other.</param>
    /// <param name="bits">Bits of a weight.</param>
    /// <param name="noise">As a share of the layer's standard deviation.</param>
    /// <param name="layer">The layer whose units are switched off.</param>
    /// <param name="unitsOff">Its units that are.</param>
    [JSExport]
    internal static byte[] PredictBroken(string model, byte[] images, int bits, double noise, int layer, int[] unitsOff)
    {
        BrokenNetwork broken = Breaking(model);
        broken.Damage(bits, noise, layer, unitsOff);
        return [.. broken.Network.Predict(new ByteFeatures(images, broken.Network.InputShape), threads: 1).Select(prediction => (byte)prediction.Label)];
    }

    private static BrokenNetwork Breaking(string model)
    {
        Network network = Models[model].Network;
        if (_breaking?.Of != network)
        {
            _breaking = (network, new BrokenNetwork(network));
        }
        return _breaking.Value.Broken;
    }
}

internal sealed record BreakableLayerAnswer(int Index, string Name, string Description, int[] Order);
