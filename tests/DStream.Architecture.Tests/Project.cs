namespace DStream.Architecture.Tests;

/// <summary>A project file.</summary>
internal sealed record Project(FileInfo File, bool IsSource, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages)
{
    public string Name => Path.GetFileNameWithoutExtension(File.Name);

    /// <summary>All projects that come with it.</summary>
    public IReadOnlySet<string> AllProjects()
    {
        var all = new HashSet<string>();
        var open = new Queue<string>(Projects);
        while (open.TryDequeue(out var next))
        {
            if (!all.Add(next)) continue;
            foreach (var further in Repository.Projects[next].Projects) open.Enqueue(further);
        }

        return all;
    }
}
