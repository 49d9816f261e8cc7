namespace Nabla;

/// <summary>The losses of some samples of a batch, and how many of them were recognised.</summary>
/// <param name="Sum">The sum of their losses.</param>
/// <param name="Correct">Samples whose class was recognised.</param>
internal readonly record struct BatchLoss(double Sum, int Correct)
{
    public static BatchLoss operator +(BatchLoss left, BatchLoss right) => new(left.Sum + right.Sum, left.Correct + right.Correct);
}
