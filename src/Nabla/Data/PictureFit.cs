namespace Nabla;

/// <summary>How a picture is brought to a size of other proportions.</summary>
public enum PictureFit
{
    /// <summary>The whole picture is shown, scaled evenly, and what is left free on two sides takes the shade of its border: the middle one of each channel.</summary>
    Pad,

    /// <summary>It is scaled evenly until it fills the size, and cut on two sides.</summary>
    Crop,

    /// <summary>It is scaled unevenly.</summary>
    Stretch,
}
