using DStream.Tests.Shared;

namespace DStream.StandIns.SqlServer.Tests.Judges;

/// <summary>Runs the scenarios of tests/judges/sql-server: tedious, node's driver for SQL Server, unmodified, against a stand-in.</summary>
public sealed class TediousJudgeTests
{
    private const int Scenarios = 153;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scenarios_OfTedious_AllPass()
    {
        var judge = new NodeJudge("sql-server", "tedious");
        judge.SkipUnlessInstalled();
        await using var server = await JudgedServer.StartAsync(Token);
        var environment = new Dictionary<string, string> { ["DSTREAM_JUDGE_SQL_SERVER"] = server.Description() };

        await judge.AssertAllPassAsync(Scenarios, environment, Token);

        Assert.All(server.Faults, static fault => Assert.True(fault.Value.Fired > 0, $"The fault '{fault.Key}' never struck."));
    }
}
