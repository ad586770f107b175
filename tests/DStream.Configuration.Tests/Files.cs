namespace DStream.Configuration.Tests;

/// <summary>Files that the build lays beside the tests.</summary>
internal static class Files
{
    internal static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, name);
}
