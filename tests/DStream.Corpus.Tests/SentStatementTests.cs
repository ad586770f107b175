namespace DStream.Corpus.Tests;

/// <summary>What DStream sends to SQL Server is what stands in the corpus, and nothing else: texts, and names, types and sizes of parameters.</summary>
public sealed class SentStatementTests
{
    // The first file makes the database, and is no statement of DStream's.
    private const string Preparation = "dstream/00-database";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Provider_EverythingItDoes_SendsTheCorpusAndNothingElse()
    {
        await using var server = await TestSqlServer.OnStandInAsync(new SqlServerStandInOptions(), Stop);
        await using (var player = await CorpusPlayer.StartAsync(server, Stop))
            await player.PlayAsync(Corpus.Files(Corpus.DStream).Single(static file => file.Name == Preparation), Stop);
        using var sent = new SentCommands(server.Database);

        await new ProviderExercise(server, Stop).RunAsync();

        var known = Corpus.Files(Corpus.DStream).Where(static file => file.Name != Preparation).ToDictionary(static file => file.Signature);
        var unknown = sent.All.Values.Where(file => !known.ContainsKey(file.Signature)).Select(file => Closest(file, known.Values)).ToList();
        var unsent = known.Values.Where(file => !sent.All.ContainsKey(file.Signature)).Select(static file => file.Name).ToList();
        Assert.True(unknown.Count == 0, $"{unknown.Count} statements stand in no file of tests/corpus/dstream:\n\n{string.Join("\n\n", unknown)}");
        Assert.True(unsent.Count == 0, $"Nothing sends {string.Join(", ", unsent)}.");
    }

    /// <summary>The statement as a file, or how it differs from the file that is most like it.</summary>
    private static string Closest(CorpusFile sent, IEnumerable<CorpusFile> known)
    {
        var nearest = known.Select(file => (file.Name, Text: Difference.Between(file.Signature, sent.Signature)))
            .Select(static pair => (pair.Name, pair.Text, Changes: pair.Text.Split('\n').Count(static line => line[0] != ' ')))
            .OrderBy(static pair => pair.Changes).FirstOrDefault();
        return nearest.Name is not null && nearest.Changes <= 4
            ? $"{nearest.Name} (-) is sent as (+):\n{nearest.Text}"
            : string.Join('\n', [.. sent.Parameters.Select(static parameter => parameter.Declaration), CorpusFile.Line, sent.Statement]);
    }
}
