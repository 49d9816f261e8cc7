namespace Nabla;

/// <summary>What some samples of a batch came to.</summary>
/// <param name="Sum">The sum of their losses.</param>
/// <param name="Correct">How many classes were recognised.</param>
internal readonly record struct BatchLoss(double Sum, int Correct)
{
    public static BatchLoss operator +(BatchLoss left, BatchLoss right) => new(left.Sum + right.Sum, left.Correct + right.Correct);
}
