using Nabla.Page;

namespace Nabla.Tests.Page;

/// <summary>What the page's panel “Break it” does to images.</summary>
public sealed class ImageDamageTests
{
    // Rows of three pixels.
    private static readonly byte[] Image = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    [Fact]
    public void Nothing_is_done_where_nothing_is_asked_for() => Assert.Equal(Image, new ImageDamage(0, 0, 0, 0).Of(Image, 3, 3));

    [Fact]
    public void Images_move_to_the_right_and_down_and_paper_comes_in()
    {
        Assert.Equal([0, 1, 2, 0, 4, 5, 0, 7, 8], new ImageDamage(1, 0, 0, 0).Of(Image, 3, 3));
        Assert.Equal([4, 5, 6, 7, 8, 9, 0, 0, 0], new ImageDamage(0, -1, 0, 0).Of(Image, 3, 3));
        // Each image for itself.
        Assert.Equal([0, 1, 2, 0, 4, 5, 0, 7, 8, 0, 1, 2, 0, 4, 5, 0, 7, 8], new ImageDamage(1, 0, 0, 0).Of([.. Image, .. Image], 3, 3));
    }

    [Fact]
    public void A_quarter_turn_is_clockwise_and_comes_before_the_move()
    {
        Assert.Equal([7, 4, 1, 8, 5, 2, 9, 6, 3], new ImageDamage(0, 0, 90, 0).Of(Image, 3, 3));
        Assert.Equal([0, 7, 4, 0, 8, 5, 0, 9, 6], new ImageDamage(1, 0, 90, 0).Of(Image, 3, 3));
    }

    [Fact]
    public void A_share_of_the_pixels_is_erased_and_more_of_them_with_a_greater_one()
    {
        byte[] images = [.. Enumerable.Repeat((byte)255, 20 * 28 * 28)];
        byte[] some = new ImageDamage(0, 0, 0, 0.25).Of(images, 28, 28), more = new ImageDamage(0, 0, 0, 0.5).Of(images, 28, 28);
        Assert.InRange(some.Count(level => level == 0) / (double)images.Length, 0.24, 0.26);
        Assert.InRange(more.Count(level => level == 0) / (double)images.Length, 0.49, 0.51);
        Assert.All(some.Zip(more), pair => Assert.True(pair.First >= pair.Second));
        // Others in each image, and the same each time.
        Assert.NotEqual(some[..784], some[784..1568]);
        Assert.Equal(some, new ImageDamage(0, 0, 0, 0.25).Of(images, 28, 28));
        Assert.DoesNotContain((byte)255, new ImageDamage(0, 0, 0, 1).Of(images, 28, 28));
    }
}
