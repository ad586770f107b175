using System.Collections.Concurrent;

namespace DStream.Corpus.Tests;

/// <summary>The answers of the servers to the folders of the corpus; each folder is run once on each server.</summary>
public sealed class CorpusRuns
{
    private readonly ConcurrentDictionary<(string Folder, bool StandIn), Lazy<Task<IReadOnlyDictionary<string, string>>>> _runs = new();

    /// <summary>What the stand-in answered, by file.</summary>
    public Task<IReadOnlyDictionary<string, string>> OnStandInAsync(string folder, CancellationToken cancellationToken) => RunAsync(
        folder, standIn: true, () => TestSqlServer.OnStandInAsync(new SqlServerStandInOptions(), cancellationToken), cancellationToken);

    /// <summary>What the real server of these tests answered, by file; null where there is none.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> OnRealServerAsync(string folder, CancellationToken cancellationToken)
    {
        await using (var server = await SqlServerFixture.OpenAsync(standIn: null, cancellationToken))
            if (server.IsStandIn) return null;
        return await RunAsync(folder, standIn: false, () => SqlServerFixture.OpenAsync(standIn: null, cancellationToken), cancellationToken);
    }

    private Task<IReadOnlyDictionary<string, string>> RunAsync(string folder, bool standIn, Func<Task<TestSqlServer>> open, CancellationToken cancellationToken) =>
        _runs.GetOrAdd((folder, standIn), _ => new(() => RunAsync(folder, open, cancellationToken))).Value;

    private static async Task<IReadOnlyDictionary<string, string>> RunAsync(string folder, Func<Task<TestSqlServer>> open, CancellationToken cancellationToken)
    {
        await using var server = await open();
        var answers = new Dictionary<string, string>();
        await using var player = await CorpusPlayer.StartAsync(server, cancellationToken);
        foreach (var file in Corpus.Files(folder)) answers.Add(file.Name, await player.PlayAsync(file, cancellationToken));
        return answers;
    }
}
