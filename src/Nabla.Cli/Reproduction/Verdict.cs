using System.Text.Json.Serialization;

namespace Nabla.Cli.Reproduction;

/// <summary>Whether a recipe comes up to its notebook.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
internal enum Verdict
{
    /// <summary>The best seed recognises at least as many images as the notebook says that it did.</summary>
    Reached,

    /// <summary>Every seed recognises fewer.</summary>
    Missed,

    /// <summary>Every seed's run diverged.</summary>
    Diverged,

    /// <summary>The notebook prints no figure.</summary>
    NoFigure,
}
