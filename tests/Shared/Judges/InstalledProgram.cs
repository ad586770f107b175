namespace DStream.Tests.Shared;

/// <summary>Programs of the machine that the tests may use where they are.</summary>
internal static class InstalledProgram
{
    public static bool IsThere(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Any(folder => File.Exists(Path.Combine(folder, name)) || File.Exists(Path.Combine(folder, name + ".exe")));
    }
}
