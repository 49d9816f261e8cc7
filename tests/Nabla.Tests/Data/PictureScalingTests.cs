namespace Nabla.Tests.Data;

public sealed class PictureScalingTests
{
    [Fact]
    public void Pixels_are_averages_over_their_areas()
    {
        byte[] picture = [0, 100, 200, 40, 20, 80, 60, 100];
        Assert.Equal([50, 100], PictureScaling.Scale(picture, 2, 4, [1, 2], PictureFit.Stretch));
        Assert.Equal(picture, PictureScaling.Scale(picture, 2, 4, [2, 4], PictureFit.Pad));
        // Parts of pixels count as parts: (0 + 100 / 3) · 3 / 4.
        Assert.Equal([25, 150, 80], PictureScaling.Scale(picture.AsSpan(0, 4), 1, 4, [1, 3], PictureFit.Stretch));
        Assert.Equal([0, 0, 100, 100], PictureScaling.Scale([0, 100], 1, 2, [1, 4], PictureFit.Stretch));
    }

    [Fact]
    public void Proportions_are_kept_with_a_border_or_by_cutting()
    {
        // 2×4 into 2×2.
        byte[] picture = [10, 20, 30, 40, 50, 60, 70, 80];
        Assert.Equal([20, 30, 60, 70], PictureScaling.Scale(picture, 2, 4, [2, 2], PictureFit.Crop));
        // Half as large, one row in the middle, of which each half goes to a row of the sample; the border's middle level is 50.
        Assert.Equal([32, 42, 52, 62], PictureScaling.Scale(picture, 2, 4, [2, 2], PictureFit.Pad));
        Assert.Equal([50, 50, 35, 55, 50, 50], PictureScaling.Scale(picture, 2, 4, [3, 2], PictureFit.Pad));
        byte[] colours = [1, 2, 3, 5, 6, 7];
        Assert.Equal([3, 4, 5], PictureScaling.Scale(colours, 1, 2, [1, 1, 3], PictureFit.Stretch));
        Assert.Throws<ArgumentException>(() => PictureScaling.Scale(colours, 1, 2, [1, 1], PictureFit.Pad));
    }

    [Theory]
    [InlineData(PictureFit.Pad)]
    [InlineData(PictureFit.Crop)]
    [InlineData(PictureFit.Stretch)]
    public void A_plain_picture_stays_plain(PictureFit fit)
    {
        foreach ((int height, int width, int rows, int columns) in new[] { (1, 1, 28, 28), (40, 52, 28, 28), (300, 7, 5, 9), (13, 17, 64, 64) })
        {
            Assert.All(PictureScaling.Scale(Enumerable.Repeat((byte)77, height * width).ToArray(), height, width, [rows, columns], fit), value => Assert.Equal(77, value));
        }
    }
}
