namespace Nabla;

/// <summary>Images and labels as a file has them, and how errors name them.</summary>
/// <param name="ImagesName">Such as <c>x_train</c>.</param>
/// <param name="Images">[samples, …], at least two extents.</param>
/// <param name="LabelsName">Such as <c>y_train</c>.</param>
/// <param name="Labels">[samples] or [samples, 1], or one-hot [samples, classes].</param>
internal sealed record ArrayPart(string ImagesName, NumericArray Images, string LabelsName, NumericArray Labels);
