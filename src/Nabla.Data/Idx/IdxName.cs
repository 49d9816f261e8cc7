namespace Nabla;

/// <summary>What the name of an IDX file says: <c>emnist-letters-train-images-idx3-ubyte.gz</c> has the training images of the set emnist-letters.</summary>
/// <param name="Set">What is left of the name, the same for all files of a set; empty for MNIST's own names.</param>
/// <param name="Part">train, test, or empty where it does not say.</param>
/// <param name="IsImages">Images, or else labels.</param>
internal sealed record IdxName(string Set, string Part, bool IsImages)
{
    public const string Train = "train";
    public const string Test = "test";

    private static readonly char[] Separators = ['-', '_', '.', ' '];

    /// <summary>Reads a name; null where it is none of an IDX file of images or labels.</summary>
    public static IdxName? TryParse(string name)
    {
        // The type and number of dimensions after it differ within a set.
        int end = name.LastIndexOf("idx", StringComparison.OrdinalIgnoreCase);
        if (end < 0)
        {
            return null;
        }
        string rest = name[..end];
        bool isImages = TryRemove(ref rest, "images");
        if (!isImages && !TryRemove(ref rest, "labels"))
        {
            return null;
        }
        string part = TryRemove(ref rest, "train") ? Train : TryRemove(ref rest, "t10k") || TryRemove(ref rest, "test") ? Test : "";
        return new IdxName(string.Join('-', rest.Split(Separators, StringSplitOptions.RemoveEmptyEntries)), part, isImages);
    }

    // The last one: a set may well be called after what it is for.
    private static bool TryRemove(ref string text, string word)
    {
        int index = text.LastIndexOf(word, StringComparison.OrdinalIgnoreCase);
        if (index >= 0)
        {
            text = text.Remove(index, word.Length);
        }
        return index >= 0;
    }
}
