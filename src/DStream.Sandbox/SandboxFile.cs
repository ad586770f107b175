namespace DStream.Sandbox;

/// <summary>A configuration file in a folder of its own, removed at the end.</summary>
public sealed class SandboxFile : IDisposable
{
    private readonly DirectoryInfo _folder;

    private SandboxFile(DirectoryInfo folder) => _folder = folder;

    public string Path => System.IO.Path.Combine(_folder.FullName, "dstream.hcl");

    /// <summary>Writes the text.</summary>
    public static SandboxFile Write(string text)
    {
        var file = new SandboxFile(Directory.CreateTempSubdirectory("dstream-sandbox-"));
        File.WriteAllText(file.Path, text);
        return file;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
