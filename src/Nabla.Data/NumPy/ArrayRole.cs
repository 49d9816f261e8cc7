using System.Text;

namespace Nabla;

/// <summary>What the name of an array says: <c>X_train</c>, <c>trainImages</c> and <c>train-data</c> are the training samples.</summary>
/// <param name="IsFeatures">Samples, or else labels.</param>
/// <param name="Part">train, validation or test; empty where it does not say.</param>
/// <param name="Rank">How usual the word for it is, 0 first: of several arrays of one role the first is meant.</param>
internal sealed record ArrayRole(bool IsFeatures, string Part, int Rank)
{
    public const string Train = "train";
    public const string Validation = "validation";
    public const string Test = "test";

    private static readonly string[] FeatureWords = ["x", "images", "image", "imgs", "img", "pixels", "data", "features", "inputs", "input", "samples"];
    private static readonly string[] LabelWords = ["y", "labels", "label", "targets", "target", "classes", "class"];
    private static readonly (string Part, string[] Words)[] PartWords = [(Train, ["train", "training", "tr"]), (Validation, ["val", "valid", "validation", "dev"]), (Test, ["test", "testing", "te", "t10k"])];

    /// <summary>Reads a name; null where it has a word that says something else.</summary>
    public static ArrayRole? TryParse(string name)
    {
        string part = "";
        (bool IsFeatures, int Rank)? kind = null;
        foreach (string word in Words(name))
        {
            // Those of CIFAR-100's two kinds of labels that are its 100 classes.
            if (word == "fine")
            {
                continue;
            }
            string? namedPart = PartWords.FirstOrDefault(known => known.Words.Contains(word)).Part;
            int feature = Array.IndexOf(FeatureWords, word), label = Array.IndexOf(LabelWords, word);
            if (namedPart is not null && part.Length == 0)
            {
                part = namedPart;
            }
            else if ((feature >= 0 || label >= 0) && (kind is null || (kind.Value.IsFeatures && label >= 0 && feature < 0)))
            {
                // The last word counts: image_labels are labels.
                kind = (feature >= 0, Math.Max(feature, label));
            }
            else
            {
                return null;
            }
        }
        return kind is (bool isFeatures, int rank) ? new ArrayRole(isFeatures, part, rank) : null;
    }

    /// <summary>The name of the array that is the same for another part: pics_test to pics_train; null where the name does not say train.</summary>
    public static IEnumerable<string> Counterparts(string name, string part)
    {
        foreach (string train in PartWords[0].Words.Where(word => word.Length > 2))
        {
            if (name.Contains(train, StringComparison.OrdinalIgnoreCase))
            {
                return PartWords.First(known => known.Part == part).Words.Select(word => name.Replace(train, word, StringComparison.OrdinalIgnoreCase));
            }
        }
        return [];
    }

    /// <summary>The words of a name in lower case: at separators, at capitals, and an x or y before a part.</summary>
    private static List<string> Words(string name)
    {
        List<string> words = [];
        StringBuilder word = new();
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
            {
                End();
            }
            if (char.IsLetterOrDigit(name[i]))
            {
                word.Append(char.ToLowerInvariant(name[i]));
            }
            else
            {
                End();
            }
        }
        End();
        return words;

        void End()
        {
            string text = word.ToString();
            word.Clear();
            if (text is ['x' or 'y', .. string rest] && PartWords.Any(known => known.Words.Contains(rest)))
            {
                words.AddRange(text[..1], rest);
            }
            else if (PartWords.SelectMany(known => known.Words).FirstOrDefault(known => text.Length == known.Length + 1 && text.StartsWith(known, StringComparison.Ordinal) && text[^1] is 'x' or 'y') is string part && text.StartsWith(part, StringComparison.Ordinal))
            {
                words.AddRange(part, text[^1..]);
            }
            else if (text.Length > 0)
            {
                words.Add(text);
            }
        }
    }
}
