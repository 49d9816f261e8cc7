namespace Nabla;

/// <summary>Finds the word that was probably meant.</summary>
internal static class Spelling
{
    /// <summary>The candidate that is spelt most like the word.</summary>
    public static string Nearest(string word, IEnumerable<string> candidates) => candidates.MinBy(candidate => Distance(word, candidate))!;

    /// <summary>The candidate that the word is probably a misspelling of; null where none is.</summary>
    public static string? Misspelt(string word, IReadOnlyCollection<string> candidates)
    {
        // Two letters that changed places are two changes; more only in long words, and never most of one.
        int most = Math.Min(Math.Max(2, word.Length / 3), word.Length / 2);
        return candidates.Count > 0 && Nearest(word, candidates) is string nearest && Distance(word, nearest) <= most ? nearest : null;
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
