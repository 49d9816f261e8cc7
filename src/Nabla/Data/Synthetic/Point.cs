namespace Nabla;

/// <summary>A place on the paper. Skeletons live in the unit box, x to the right, y down.</summary>
internal readonly record struct Point(double X, double Y)
{
    public static implicit operator Point((double X, double Y) pair) => new(pair.X, pair.Y);

    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);

    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y);

    public static Point operator *(Point a, double factor) => new(a.X * factor, a.Y * factor);
}
