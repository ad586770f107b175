namespace DStream.Corpus.Tests;

/// <summary>
/// Every file of the corpus is answered as was approved, by the stand-in and by the real server where there is one. So a stand-in that drifts, or
/// that was wrong from the beginning, is found.
/// </summary>
public sealed class CorpusTests(CorpusRuns runs)
{
    /// <summary>Set to 1, approves what the stand-in answers now. Read the change before you commit it.</summary>
    private const string ApproveVariable = "DSTREAM_TEST_APPROVE";

    public static TheoryData<string> Names => [.. Corpus.Folders.SelectMany(Corpus.Files).Select(static file => file.Name)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Statement_OnEachServer_IsAnsweredAsApproved(string name)
    {
        var folder = name[..name.IndexOf('/', StringComparison.Ordinal)];
        var file = Corpus.Files(folder).Single(file => file.Name == name);
        var approved = File.Exists(file.ApprovedPath) ? (await File.ReadAllTextAsync(file.ApprovedPath, Stop)).ReplaceLineEndings("\n") : "";

        var answer = (await runs.OnStandInAsync(folder, Stop))[name];
        if (TestServer.Named(ApproveVariable) == "1" && answer != approved) await File.WriteAllTextAsync(file.ApprovedPath, approved = answer, Stop);
        var real = await runs.OnRealServerAsync(folder, Stop);

        AssertSame(file, "the stand-in", approved, answer);
        if (real is not null) AssertSame(file, "the real server", approved, real[name]);
    }

    private static void AssertSame(CorpusFile file, string server, string approved, string answer) => Assert.True(
        approved == answer,
        $"{file.Name}: {server} (+) does not answer as approved (-). Where it is right, approve it: {ApproveVariable}=1.\n{Difference.Between(approved, answer)}");
}
