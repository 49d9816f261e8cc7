namespace Nabla.Tests.Data;

/// <summary>Files that NumPy wrote; make_arrays.py beside this file says how.</summary>
internal static class NumPyFiles
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Data", "NumPy", "Files", name);
}
