namespace Nabla;

/// <summary>The contents of a CSV file.</summary>
/// <param name="Features">One sample a row.</param>
/// <param name="Labels">The class of each sample, 0 to <see cref="ClassCount.Maximum"/> − 1; null where the file has none.</param>
internal sealed record CsvTable(Features Features, int[]? Labels);
