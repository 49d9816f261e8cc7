using System.Text.Json.Serialization;

namespace Nabla.Cli;

/// <summary>What <c>nabla data PATH</c> found, for --json.</summary>
/// <param name="Source">What the data is.</param>
/// <param name="Parts">Its parts, training first.</param>
/// <param name="ScaledBy">What a training divides the values by.</param>
/// <param name="ConstantValues">How many values of a sample never change.</param>
/// <param name="Background">What is around that which images show.</param>
/// <param name="Guesses">What the reader guessed and left out.</param>
/// <param name="Doubts">What may be a mistake.</param>
/// <param name="Sheet">The picture of samples; null where none was asked for.</param>
internal sealed record InspectionSummary(
    string Source, IReadOnlyList<PartInspection> Parts, float ScaledBy, int ConstantValues, [property: JsonConverter(typeof(JsonStringEnumConverter<ImageBackground>))] ImageBackground Background,
    IReadOnlyList<string> Guesses, IReadOnlyList<string> Doubts, string? Sheet)
{
    public static InspectionSummary Create(DataInspection found, string? sheet) =>
        new(found.Source, found.Parts, found.Scale.Divisor, found.ConstantValues, found.Background, found.Notes, found.Doubts, sheet);
}
