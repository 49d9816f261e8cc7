namespace Nabla.Reading;

/// <summary>Inked pixels that are connected, or several such pieces that belong together.</summary>
internal sealed class InkPiece
{
    private InkPiece(int left, int top, int right, int bottom, double mass, int[] labels)
    {
        (Left, Top, Right, Bottom, Mass, Labels) = (left, top, right, bottom, mass, labels);
    }

    /// <summary>The first column and row, and those after the last.</summary>
    public int Left { get; }

    public int Top { get; }

    public int Right { get; }

    public int Bottom { get; }

    public int Width => Right - Left;

    public int Height => Bottom - Top;

    /// <summary>The sum of its ink.</summary>
    public double Mass { get; }

    /// <summary>The numbers of its pixels in the map of pieces.</summary>
    public int[] Labels { get; }

    /// <summary>Both as one.</summary>
    public InkPiece With(InkPiece other) => new(
        Math.Min(Left, other.Left), Math.Min(Top, other.Top), Math.Max(Right, other.Right), Math.Max(Bottom, other.Bottom), Mass + other.Mass, [.. Labels, .. other.Labels]);

    /// <summary>The empty distance between the boxes of both; 0 where they touch or overlap.</summary>
    public double DistanceTo(InkPiece other)
    {
        int across = Math.Max(0, Math.Max(Left - other.Right, other.Left - Right)), down = Math.Max(0, Math.Max(Top - other.Bottom, other.Top - Bottom));
        return Math.Sqrt((double)across * across + (double)down * down);
    }

    /// <summary>Whether it reaches the rim of the page.</summary>
    public bool TouchesRim(InkPage page) => Left == 0 || Top == 0 || Right == page.Ink.Width || Bottom == page.Ink.Height;

    /// <summary>All pieces of a page, the greatest first.</summary>
    /// <param name="page">The page.</param>
    /// <param name="map">Receives the number of each pixel's piece, from 1; 0 for paper.</param>
    public static List<InkPiece> FindAll(InkPage page, out int[] map)
    {
        map = new int[page.Ink.Values.Length];
        List<InkPiece> pieces = [];
        for (int start = 0; start < map.Length; start++)
        {
            if (page.IsInk[start] && map[start] == 0)
            {
                pieces.Add(Collect(page, map, start, pieces.Count + 1));
            }
        }
        pieces.Sort((a, b) => b.Mass.CompareTo(a.Mass));
        return pieces;
    }

    private static InkPiece Collect(InkPage page, int[] map, int start, int label)
    {
        (int width, int height) = (page.Ink.Width, page.Ink.Height);
        (int left, int top, int right, int bottom, double mass) = (width, height, 0, 0, 0);
        ConnectedPixels.Visit(start, width, height, place =>
        {
            if (!page.IsInk[place] || map[place] != 0)
            {
                return false;
            }
            map[place] = label;
            int x = place % width, y = place / width;
            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
            mass += Math.Min(1, page.Ink.Values[place]);
            return true;
        });
        return new InkPiece(left, top, right, bottom, mass, [label]);
    }

    /// <summary>The pieces of the digit where there is one on the page: the greatest, and what is near it. Null for a blank page.</summary>
    public static InkPiece? OfOneDigit(InkPage page, List<InkPiece> pieces)
    {
        // At the rim are tables, shadows and edges of the paper, unless nothing else is there.
        const double AtRim = 0.15, LeastShare = 0.02, Near = 0.3;
        InkPiece? main = pieces.MaxBy(piece => piece.Mass * (piece.TouchesRim(page) ? AtRim : 1));
        if (main is null)
        {
            return null;
        }
        bool isAtRim = main.TouchesRim(page);
        InkPiece digit = main;
        foreach (InkPiece piece in pieces)
        {
            if (piece != main && piece.Mass >= LeastShare * main.Mass && piece.DistanceTo(main) <= Near * Math.Max(main.Width, main.Height) && (isAtRim || !piece.TouchesRim(page)))
            {
                digit = digit.With(piece);
            }
        }
        return digit;
    }

    /// <summary>Where it is, in pixels of the picture.</summary>
    public PictureBox BoxIn(int width, int height, InkPage page)
    {
        (int left, int top) = ((int)(Left * page.Scale), (int)(Top * page.Scale));
        return new PictureBox(left, top,
            Math.Clamp((int)Math.Ceiling(Right * page.Scale) - left, 1, width - left), Math.Clamp((int)Math.Ceiling(Bottom * page.Scale) - top, 1, height - top));
    }

    /// <summary>Its ink alone, 0 to 1, with the soft edge around it.</summary>
    public Plane Cut(InkPage page, int[] map)
    {
        // Soft edges are below what counts as ink: a rim of about a pixel of MNIST's belongs to it.
        int rim = 2 + Math.Max(Width, Height) / 18;
        HashSet<int> own = [.. Labels];
        Plane near = new(Width + 2 * rim, Height + 2 * rim);
        ForEach((x, y, place) => near[x, y] = own.Contains(map[place]) ? 1 : 0);
        near = near.Maximum(rim);
        Plane cut = new(near.Width, near.Height);
        ForEach((x, y, place) => cut[x, y] = near[x, y] > 0 && page.Ink.Values[place] > page.Faint && (map[place] == 0 || own.Contains(map[place])) ? page.Ink.Values[place] : 0);
        return cut;

        void ForEach(Action<int, int, int> visit)
        {
            for (int y = Math.Max(0, rim - Top); y < near.Height && Top - rim + y < page.Ink.Height; y++)
            {
                for (int x = Math.Max(0, rim - Left); x < near.Width && Left - rim + x < page.Ink.Width; x++)
                {
                    visit(x, y, (Top - rim + y) * page.Ink.Width + Left - rim + x);
                }
            }
        }
    }
}
