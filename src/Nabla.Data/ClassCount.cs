namespace Nabla;

/// <summary>How many classes data has whose file does not say so.</summary>
internal static class ClassCount
{
    /// <summary>Digits, unless labels show that there are more classes.</summary>
    private const int Usual = 10;

    /// <summary>Greatest number of classes that a reader takes; a label beyond it is a damaged file or no label at all.</summary>
    public const int Maximum = 1000;

    /// <summary>Refuses a number of classes that no reader takes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1 or above <see cref="Maximum"/>.</exception>
    public static void Check(int? classCount)
    {
        if (classCount is < 1 or > Maximum)
        {
            throw new ArgumentOutOfRangeException(nameof(classCount), classCount, $"The number of classes must be 1 to {Maximum}.");
        }
    }

    /// <summary>What was asked for, else 10, else as many as the labels of all parts need.</summary>
    public static int Of(int? asked, params ReadOnlySpan<int[]?> labels) => asked ?? Math.Max(Usual, Needed(labels));

    /// <summary>As many classes as the labels of all parts need; 0 where there are none.</summary>
    private static int Needed(params ReadOnlySpan<int[]?> labels)
    {
        int count = 0;
        foreach (int[]? part in labels)
        {
            foreach (int label in part ?? [])
            {
                count = Math.Max(count, label + 1);
            }
        }
        return count;
    }
}
