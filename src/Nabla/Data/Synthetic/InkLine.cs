namespace Nabla;

/// <summary>A short straight piece of a stroke.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Pressure">How wide it is, relative to the pen.</param>
internal readonly record struct InkLine(Point From, Point To, double Pressure);
