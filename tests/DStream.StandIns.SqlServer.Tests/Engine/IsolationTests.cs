using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Tests.Engine;

/// <summary>What the isolation levels and the locking hints promise, each between two sessions.</summary>
public sealed class IsolationTests
{
    private static async Task<(TestServer Server, ISqlSession Other)> StartAsync()
    {
        var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.T (Id int PRIMARY KEY, V int); INSERT INTO dbo.T VALUES (1, 1), (2, 2), (5, 5)");
        return (server, server.Open());
    }

    /// <summary>What one session holds in an open transaction, and whether a statement of another has to wait for it.</summary>
    [Theory]
    // READ COMMITTED: readers wait for writers, writers do not wait for readers.
    [InlineData("UPDATE dbo.T SET V = 9 WHERE Id = 1", "SELECT * FROM dbo.T WHERE Id = 1", true)]
    [InlineData("UPDATE dbo.T SET V = 9 WHERE Id = 1", "SELECT * FROM dbo.T WHERE Id = 2", false)]
    [InlineData("UPDATE dbo.T SET V = 9 WHERE Id = 1", "SELECT * FROM dbo.T", true)]
    [InlineData("UPDATE dbo.T SET V = 9 WHERE Id = 1", "IF EXISTS (SELECT * FROM dbo.T WHERE V = 7) PRINT 'x'", true)]
    [InlineData("UPDATE dbo.T SET V = 9 WHERE Id = 1", "DECLARE @v int = (SELECT SUM(V) FROM dbo.T)", true)]
    [InlineData("UPDATE dbo.T SET V = 9 WHERE Id = 1", "SELECT * FROM dbo.T WITH (NOLOCK)", false)]
    [InlineData("UPDATE dbo.T SET V = 9 WHERE Id = 1", "SELECT * FROM dbo.T WITH (READPAST)", false)]
    [InlineData("UPDATE dbo.T SET V = 9 WHERE Id = 1", "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; SELECT * FROM dbo.T", false)]
    [InlineData("INSERT INTO dbo.T VALUES (3, 3)", "SELECT * FROM dbo.T WHERE Id > 2", true)]
    [InlineData("DELETE FROM dbo.T WHERE Id = 1", "SELECT COUNT(*) FROM dbo.T", true)]
    [InlineData("SELECT * FROM dbo.T", "UPDATE dbo.T SET V = 9", false)]
    // REPEATABLE READ: what was read stays, what comes new is let in.
    [InlineData("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT * FROM dbo.T WHERE Id = 1", "UPDATE dbo.T SET V = 9 WHERE Id = 1", true)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT * FROM dbo.T WHERE Id = 1", "DELETE FROM dbo.T WHERE Id = 1", true)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT * FROM dbo.T WHERE Id = 1", "UPDATE dbo.T SET V = 9 WHERE Id = 2", false)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT * FROM dbo.T WHERE Id = 1", "SELECT * FROM dbo.T", false)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT * FROM dbo.T", "INSERT INTO dbo.T VALUES (3, 3)", false)]
    [InlineData("SELECT * FROM dbo.T WITH (REPEATABLEREAD) WHERE Id = 1", "UPDATE dbo.T SET V = 9 WHERE Id = 1", true)]
    // SERIALIZABLE: no phantoms, and no wait outside of the range.
    [InlineData("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT * FROM dbo.T WHERE Id BETWEEN 2 AND 4", "INSERT INTO dbo.T VALUES (3, 3)", true)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT * FROM dbo.T WHERE Id BETWEEN 2 AND 4", "INSERT INTO dbo.T VALUES (8, 8)", false)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT * FROM dbo.T WHERE Id BETWEEN 2 AND 4", "UPDATE dbo.T SET Id = 3 WHERE Id = 5", true)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT * FROM dbo.T WHERE Id = 3", "INSERT INTO dbo.T VALUES (3, 3)", true)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT * FROM dbo.T WHERE V > 100", "INSERT INTO dbo.T VALUES (3, 3)", true)]
    [InlineData("SELECT * FROM dbo.T WITH (HOLDLOCK) WHERE Id = 3", "INSERT INTO dbo.T VALUES (3, 3)", true)]
    [InlineData("UPDATE dbo.T WITH (SERIALIZABLE) SET V = 1 WHERE Id = 3", "INSERT INTO dbo.T VALUES (3, 3)", true)]
    // Hints.
    [InlineData("SELECT * FROM dbo.T WITH (UPDLOCK) WHERE Id = 1", "SELECT * FROM dbo.T", false)]
    [InlineData("SELECT * FROM dbo.T WITH (UPDLOCK) WHERE Id = 1", "SELECT * FROM dbo.T WITH (UPDLOCK) WHERE Id = 1", true)]
    [InlineData("SELECT * FROM dbo.T WITH (UPDLOCK) WHERE Id = 1", "UPDATE dbo.T SET V = 0 WHERE Id = 1", true)]
    [InlineData("SELECT * FROM dbo.T WITH (UPDLOCK, ROWLOCK) WHERE Id = 1", "UPDATE dbo.T SET V = 0 WHERE Id = 2", false)]
    [InlineData("SELECT * FROM dbo.T WITH (UPDLOCK, HOLDLOCK) WHERE Id = 3", "SELECT * FROM dbo.T WITH (UPDLOCK, HOLDLOCK) WHERE Id = 3", true)]
    [InlineData("SELECT * FROM dbo.T WITH (UPDLOCK, HOLDLOCK) WHERE Id = 3", "SELECT * FROM dbo.T WITH (UPDLOCK, HOLDLOCK) WHERE Id = 8", false)]
    [InlineData("SELECT * FROM dbo.T WITH (XLOCK) WHERE Id = 1", "SELECT * FROM dbo.T WHERE Id = 1", true)]
    [InlineData("SELECT * FROM dbo.T WITH (TABLOCKX) WHERE Id = 1", "SELECT * FROM dbo.T WHERE Id = 2", true)]
    [InlineData("SELECT * FROM dbo.T WITH (TABLOCK, HOLDLOCK)", "SELECT * FROM dbo.T WITH (TABLOCK)", false)]
    [InlineData("SELECT * FROM dbo.T WITH (TABLOCK, HOLDLOCK)", "INSERT INTO dbo.T VALUES (9, 9)", true)]
    [InlineData("UPDATE dbo.T SET V = 9 WHERE Id = 1", "SELECT * FROM dbo.T WITH (TABLOCK) WHERE Id = 2", true)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT * FROM dbo.T WHERE Id = 1", "ALTER TABLE dbo.T ADD W int", true)]
    public async Task Statement_WhileAnotherHolds_WaitsOrNot(string held, string statement, bool waits)
    {
        var (server, other) = await StartAsync();
        await using var _ = server;
        await using var __ = other;
        await server.RunAsync("BEGIN TRAN; " + held);

        var result = await server.TryAsync("SET LOCK_TIMEOUT 0; " + statement, other);

        Assert.Equal(waits ? [1222] : [], result.Errors.Select(e => e.Number));
        await server.RunAsync("ROLLBACK");
        if (waits)
        {
            await server.RunAsync(statement, other);
        }
    }

    [Fact]
    public async Task ReadCommitted_WriterCommits_ReaderSeesItsValue()
    {
        var (server, other) = await StartAsync();
        await using var _ = server;
        await server.RunAsync("BEGIN TRAN; UPDATE dbo.T SET V = 9 WHERE Id = 1; INSERT INTO dbo.T VALUES (3, 3)", other);

        var reading = server.RowsAsync("SELECT V FROM dbo.T ORDER BY Id");
        Assert.False(reading.IsCompleted);
        await server.RunAsync("COMMIT", other);

        Assert.Equal([9, 2, 3, 5], (await reading).Select(r => r[0]));
    }

    [Fact]
    public async Task ReadCommitted_InsideOfAFunction_WaitsForTheWriter()
    {
        var (server, other) = await StartAsync();
        await using var _ = server;
        await server.RunAsync("CREATE FUNCTION dbo.Total () RETURNS int AS BEGIN RETURN (SELECT SUM(V) FROM dbo.T) END");
        await server.RunAsync("BEGIN TRAN; UPDATE dbo.T SET V = 9 WHERE Id = 1", other);

        var reading = server.ValueAsync("SELECT dbo.Total()");
        Assert.False(reading.IsCompleted);
        await server.RunAsync("COMMIT", other);

        Assert.Equal(16, await reading);
    }

    [Fact]
    public async Task Nolock_UncommittedRows_Read()
    {
        var (server, other) = await StartAsync();
        await using var _ = server;
        await server.RunAsync("BEGIN TRAN; UPDATE dbo.T SET V = 9 WHERE Id = 1; DELETE FROM dbo.T WHERE Id = 2; INSERT INTO dbo.T VALUES (3, 3)", other);

        Assert.Equal([9, 3, 5], (await server.RowsAsync("SELECT V FROM dbo.T WITH (NOLOCK) ORDER BY Id")).Select(r => r[0]));
    }

    [Fact]
    public async Task Readpast_Queue_TakesTheFirstFreeRow()
    {
        var (server, other) = await StartAsync();
        await using var _ = server;
        const string Take = "DELETE TOP (1) FROM dbo.T WITH (ROWLOCK, READPAST) OUTPUT deleted.Id";

        var first = await server.RunAsync("BEGIN TRAN; " + Take, other);
        var second = await server.RowsAsync(Take);

        Assert.Equal([1, 2], [first.Results[0].Rows[0][0], second[0][0]]);
    }

    [Fact]
    public async Task Snapshot_Transaction_ReadsItsBeginningAndConflictsOnWrite()
    {
        var (server, other) = await StartAsync();
        await using var _ = server;
        await server.RunAsync("ALTER DATABASE TestDB SET ALLOW_SNAPSHOT_ISOLATION ON");
        server.Session.Begin(SqlIsolation.Snapshot, null);
        await server.RunAsync("SELECT * FROM dbo.T");

        await server.RunAsync("UPDATE dbo.T SET V = 9 WHERE Id = 1; INSERT INTO dbo.T VALUES (3, 3); DELETE FROM dbo.T WHERE Id = 2", other);
        var read = await server.RowsAsync("SELECT V FROM dbo.T ORDER BY Id");
        var own = await server.RunAsync("UPDATE dbo.T SET V = 50 WHERE Id = 5");
        var conflict = await server.TryAsync("UPDATE dbo.T SET V = 8 WHERE Id = 1; SELECT 'after'");

        Assert.Equal([1, 2, 5], read.Select(r => r[0]));
        Assert.Equal(1, own.Counts[0]);
        Assert.Equal(3960, conflict.Errors.Single().Number);
        Assert.Empty(conflict.Results);
        Assert.Equal(0UL, server.Session.TransactionDescriptor);
        Assert.Equal([9, 3, 5], (await server.RowsAsync("SELECT V FROM dbo.T ORDER BY Id")).Select(r => r[0]));
    }

    [Theory]
    [InlineData("SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRAN; SELECT * FROM dbo.T", false, 3952)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL SNAPSHOT; SELECT * FROM dbo.T", false, 3952)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL SNAPSHOT; UPDATE dbo.T SET V = 1", false, 3952)]
    [InlineData("BEGIN TRAN; SELECT * FROM dbo.T; SET TRANSACTION ISOLATION LEVEL SNAPSHOT; SELECT * FROM dbo.T", true, 3951)]
    public async Task Snapshot_NotAllowed_ErrorNumber(string sql, bool isAllowed, int number)
    {
        var (server, _) = await StartAsync();
        await using var __ = server;
        await server.RunAsync($"ALTER DATABASE TestDB SET ALLOW_SNAPSHOT_ISOLATION {(isAllowed ? "ON" : "OFF")}");

        Assert.Equal(number, await server.ErrorAsync(sql));
    }

    [Fact]
    public async Task Deadlock_SharedConversion_OneVictim()
    {
        var (server, other) = await StartAsync();
        await using var _ = server;
        const string Read = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; BEGIN TRAN; SELECT V FROM dbo.T WHERE Id = 1";
        await server.RunAsync(Read);
        await server.RunAsync(Read, other);

        var waiting = server.RunAsync("UPDATE dbo.T SET V += 1 WHERE Id = 1; COMMIT");
        var victim = await server.TryAsync("UPDATE dbo.T SET V += 1 WHERE Id = 1", other);
        await waiting;

        Assert.Equal(1205, victim.Errors.Single().Number);
        Assert.Equal(2, await server.ValueAsync("SELECT V FROM dbo.T WHERE Id = 1"));
    }

    [Theory]
    [InlineData("SET DEADLOCK_PRIORITY LOW", "")]
    [InlineData("", "SET DEADLOCK_PRIORITY 6")]
    [InlineData("", "INSERT INTO dbo.T VALUES (10, 0), (11, 0), (12, 0)")]
    public async Task Deadlock_LowestPriorityThenLeastWork_IsTheVictim(string first, string second)
    {
        var (server, other) = await StartAsync();
        await using var _ = server;
        await server.RunAsync($"{first}; BEGIN TRAN; UPDATE dbo.T SET V = 10 WHERE Id = 1");
        await server.RunAsync($"BEGIN TRAN; UPDATE dbo.T SET V = 20 WHERE Id = 2; {second}", other);

        var waiting = server.TryAsync("UPDATE dbo.T SET V = 11 WHERE Id = 2");
        var survivor = await server.RunAsync("UPDATE dbo.T SET V = 21 WHERE Id = 1; COMMIT", other);

        Assert.Equal(1205, (await waiting).Errors.Single().Number);
        Assert.Equal(1, survivor.Counts[0]);
        Assert.Equal(21, await server.ValueAsync("SELECT V FROM dbo.T WHERE Id = 1"));
    }

    [Fact]
    public async Task Definitions_InTransaction_RolledBackWhole()
    {
        var (server, other) = await StartAsync();
        await using var _ = server;
        await using var __ = other;
        await server.RunAsync("CREATE TABLE dbo.U (A int IDENTITY PRIMARY KEY, B int, C AS B * 2, INDEX IX_B (B)); INSERT INTO dbo.U (B) VALUES (1), (2)");
        await server.RunAsync("CREATE SCHEMA extra");

        await server.RunAsync("""
            BEGIN TRAN;
            INSERT INTO dbo.U (B) VALUES (3);
            ALTER TABLE dbo.U ADD D int NOT NULL DEFAULT 7;
            UPDATE dbo.U SET D = 8, B = B + 10;
            DROP INDEX IX_B ON dbo.U;
            CREATE UNIQUE INDEX UX ON dbo.U (D, B);
            TRUNCATE TABLE dbo.T; DROP TABLE dbo.T; DROP SCHEMA extra; CREATE TABLE #t (a int);
            """);
        var inside = await server.RowsAsync("SELECT A, B, C, D FROM dbo.U WHERE D = 8 ORDER BY A");
        await server.RunAsync("ROLLBACK");

        Assert.Equal(["1 11 22 8", "2 12 24 8", "3 13 26 8"], inside.Select(r => string.Join(' ', r)));
        Assert.Equal(["1 1 2", "2 2 4"], (await server.RowsAsync("SELECT * FROM dbo.U ORDER BY B")).Select(r => string.Join(' ', r)));
        Assert.Equal(2, await server.ValueAsync("SELECT A FROM dbo.U WHERE B = 2"));
        Assert.Equal(3, await server.ValueAsync("SELECT COUNT(*) FROM dbo.T WHERE SCHEMA_ID('extra') IS NOT NULL"));
        Assert.Equal(208, await server.ErrorAsync("SELECT * FROM #t"));
        await server.RunAsync("INSERT INTO dbo.U (B) VALUES (9)", other);
    }
}
