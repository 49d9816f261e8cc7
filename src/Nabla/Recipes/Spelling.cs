namespace Nabla;

/// <summary>Finds the word that was probably meant.</summary>
internal static class Spelling
{
    /// <summary>The candidate that is spelt most like the word.</summary>
    public static string Nearest(string word, IEnumerable<string> candidates) => candidates.MinBy(candidate => Distance(word, candidate))!;

    /// <summary>The candidate that the word is probably a misspelling of, up to a third of its letters; null where none is.</summary>
    public static string? Misspelt(string word, IReadOnlyCollection<string> candidates)
    {
        const int LettersPerMistake = 3;
        return candidates.Count > 0 && Nearest(word, candidates) is string nearest && Distance(word, nearest) <= Math.Max(1, word.Length / LettersPerMistake) ? nearest : null;
    }

    /// <summary>Levenshtein's distance: the fewest letters to put in, take out or change. V. Levenshtein, 1966.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
