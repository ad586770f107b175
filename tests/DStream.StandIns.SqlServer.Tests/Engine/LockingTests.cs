using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Tests.Engine;

public sealed class LockingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<TestServer> StartAsync()
    {
        var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.T (Id int PRIMARY KEY, V int); INSERT INTO dbo.T VALUES (1, 1), (2, 2)");
        return server;
    }

    [Fact]
    public async Task Read_WhileAnotherWritesWithCommittedSnapshot_SeesWhatIsCommitted()
    {
        await using var server = await StartAsync();
        await server.RunAsync("ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON");
        await using var writer = server.Open();
        await server.RunAsync("BEGIN TRAN; UPDATE dbo.T SET V = 10 WHERE Id = 1; INSERT INTO dbo.T VALUES (3, 3)", writer);

        Assert.Equal([1, 2], (await server.RowsAsync("SELECT V FROM dbo.T")).Select(r => (int)r[0]!));
        Assert.Equal(3, (await server.RunAsync("SELECT V FROM dbo.T", writer)).Results[0].Rows.Count);
        await server.RunAsync("COMMIT", writer);
        Assert.Equal(15, await server.ValueAsync("SELECT SUM(V) FROM dbo.T"));
    }

    [Fact]
    public async Task Write_RowHeldByAnother_WaitsAndReadsTheNewest()
    {
        await using var server = await StartAsync();
        await using var first = server.Open();
        await server.RunAsync("BEGIN TRAN; UPDATE dbo.T SET V = V + 1 WHERE Id = 1", first);

        var waiting = server.RunAsync("UPDATE dbo.T SET V = V + 1 WHERE Id = 1");
        var other = await server.RunAsync("UPDATE dbo.T SET V = 9 WHERE Id = 2", first);
        Assert.False(waiting.IsCompleted);
        await server.RunAsync("COMMIT", first);
        await waiting;

        Assert.Equal(1, other.Counts[0]);
        Assert.Equal(3, await server.ValueAsync("SELECT V FROM dbo.T WHERE Id = 1"));
    }

    [Fact]
    public async Task Write_LockTimeoutZero_1222()
    {
        await using var server = await StartAsync();
        await using var first = server.Open();
        await server.RunAsync("BEGIN TRAN; DELETE FROM dbo.T WHERE Id = 1", first);

        Assert.Equal(1222, await server.ErrorAsync("SET LOCK_TIMEOUT 0; UPDATE dbo.T SET V = 0 WHERE Id = 1"));
    }

    [Fact]
    public async Task Write_Attention_GivesTheWaitUp()
    {
        await using var server = await StartAsync();
        await using var first = server.Open();
        await server.RunAsync("BEGIN TRAN; UPDATE dbo.T SET V = 5 WHERE Id = 1", first);
        using var attention = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var waiting = server.Session.ExecuteAsync(new SqlRequest("UPDATE dbo.T SET V = 6 WHERE Id = 1", null, []), new CollectingSink(), attention.Token).AsTask();
        await attention.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await server.RunAsync("COMMIT", first);

        Assert.Equal(5, await server.ValueAsync("SELECT V FROM dbo.T WHERE Id = 1"));
    }

    [Fact]
    public async Task Write_Cycle_OneVictimWith1205()
    {
        await using var server = await StartAsync();
        await using var other = server.Open();
        await server.RunAsync("BEGIN TRAN; UPDATE dbo.T SET V = 10 WHERE Id = 1");
        await server.RunAsync("BEGIN TRAN; UPDATE dbo.T SET V = 20 WHERE Id = 2", other);

        var waiting = server.RunAsync("UPDATE dbo.T SET V = 11 WHERE Id = 2; COMMIT");
        var victim = await server.TryAsync("UPDATE dbo.T SET V = 21 WHERE Id = 1", other);
        await waiting;

        Assert.Equal(1205, victim.Errors.Single().Number);
        Assert.Equal(0UL, other.TransactionDescriptor);
        Assert.Equal([10, 11], (await server.RowsAsync("SELECT V FROM dbo.T ORDER BY Id")).Select(r => (int)r[0]!));
    }

    [Fact]
    public async Task Insert_SameKeyTwice_SecondWaitsThenFailsOrSucceeds()
    {
        await using var server = await StartAsync();
        await using var first = server.Open();
        const string Insert = "INSERT INTO dbo.T SELECT 5, 5 WHERE NOT EXISTS (SELECT * FROM dbo.T WHERE Id = 5)";
        await server.RunAsync("BEGIN TRAN; " + Insert, first);

        var second = server.RunAsync(Insert);
        Assert.False(second.IsCompleted);
        await server.RunAsync("COMMIT", first);

        Assert.Equal(0, (await second).Counts[0]);
    }

    [Fact]
    public async Task Dispose_OpenTransaction_RollsBackAndFreesLocks()
    {
        await using var server = await StartAsync();
        var first = server.Open();
        first.Begin(SqlIsolation.ReadCommitted, null);
        await server.RunAsync("UPDATE dbo.T SET V = 10", first);

        await first.DisposeAsync();

        await server.RunAsync("UPDATE dbo.T SET V = V + 1");
        Assert.Equal(5, await server.ValueAsync("SELECT SUM(V) FROM dbo.T"));
    }

    [Fact]
    public async Task XactAbort_ErrorInTransaction_RollsAllBack()
    {
        await using var server = await StartAsync();

        var result = await server.TryAsync("SET XACT_ABORT ON; BEGIN TRAN; UPDATE dbo.T SET V = 0; INSERT INTO dbo.T VALUES (1, 1); SELECT 1; COMMIT");

        Assert.Equal(2627, result.Errors.Single().Number);
        Assert.Empty(result.Results);
        Assert.Equal(3, await server.ValueAsync("SELECT SUM(V) FROM dbo.T"));
    }
}
