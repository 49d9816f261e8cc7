using Nabla.Numerics;

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
    /// <summary>Finds the two highest of the given scores; of equals the first. NaN is below every number, as where networks are measured.</summary>
    public static Prediction FromScores(ReadOnlySpan<float> scores)
    {
        int best = Reductions.IndexOfMax(scores);
        int second = -1;
        for (int i = 0; i < scores.Length; i++)
        {
            if (i != best && (second < 0 || scores[i] > scores[second] || (float.IsNaN(scores[second]) && !float.IsNaN(scores[i]))))
            {
                second = i;
            }
        }
        return new Prediction(best, scores[best], second, second < 0 ? 0 : scores[second]);
    }
}
