namespace Nabla;

/// <summary>What a network says about one sample.</summary>
/// <param name="Label">The class with the highest score.</param>
/// <param name="Confidence">
/// Its score: a probability when the network was trained with softmax cross-entropy, otherwise the output as it is.
/// </param>
/// <param name="RunnerUp">The class with the second highest score, or −1 when there is one class only.</param>
/// <param name="RunnerUpConfidence">Its score, or 0 when there is one class only.</param>
public readonly record struct Prediction(int Label, float Confidence, int RunnerUp, float RunnerUpConfidence)
{
    /// <summary>Finds the two highest of the given scores; of equals the first.</summary>
    internal static Prediction FromScores(ReadOnlySpan<float> scores)
    {
        int best = 0;
        int second = -1;
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best])
            {
                (best, second) = (i, best);
            }
            else if (second < 0 || scores[i] > scores[second])
            {
                second = i;
            }
        }
        return new Prediction(best, scores[best], second, second < 0 ? 0 : scores[second]);
    }
}
