namespace Nabla.Tests;

/// <summary>The small files of inputs that people really have, which are not part of the repository.</summary>
internal static class Cases
{
    /// <summary>Their folder, named by NABLA_CASES or beside the repository; skips the test where it is not there.</summary>
    public static string Require()
    {
        string? named = Environment.GetEnvironmentVariable("NABLA_CASES");
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); named is null && folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "cases");
            named = Directory.Exists(candidate) ? candidate : null;
        }
        Assert.SkipWhen(named is null, "../shared/cases is not there, and NABLA_CASES names no folder with the cases.");
        return named!;
    }
}
