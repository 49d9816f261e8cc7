namespace Nabla.Numerics;

/// <summary>What becomes of a gradient once it is computed.</summary>
/// <param name="Adds">Whether it is added to what is there; else it takes its place.</param>
/// <param name="DescentRate">Above 0: what is there are parameters, from which the gradient is taken this many times.</param>
internal readonly record struct GradientUse(bool Adds, float DescentRate)
{
    /// <summary>It is added to the gradient of samples before.</summary>
    public static GradientUse Add => new(Adds: true, DescentRate: 0);

    /// <summary>It takes the place of what was there.</summary>
    public static GradientUse Replace => new(Adds: false, DescentRate: 0);

    /// <summary>
    /// It moves the parameters at once, as plain gradient descent would do later: the same bits, without writing the
    /// gradient down and reading it again.
    /// </summary>
    public static GradientUse Descend(float rate) => new(Adds: false, rate);
}
