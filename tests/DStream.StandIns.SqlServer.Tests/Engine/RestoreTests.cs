namespace DStream.StandIns.SqlServer.Tests.Engine;

public sealed class RestoreTests
{
    private static async Task<TestServer> StartAsync()
    {
        var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.T (A int IDENTITY NOT NULL PRIMARY KEY, B nvarchar(10) NULL); CREATE UNIQUE INDEX UX ON dbo.T (B)");
        await server.RunAsync("EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL; INSERT INTO dbo.T VALUES (N'kept')");
        return server;
    }

    [Fact]
    public async Task Restore_AnEarlierPoint_LsnsComeAgainForOtherChangesUnderAnotherFork()
    {
        await using var server = await StartAsync();
        var fork = await server.ValueAsync("SELECT recovery_fork_guid FROM sys.database_recovery_status WHERE database_id = DB_ID()");
        var backup = server.Engine.BackUp(TestServer.Database);
        await server.RunAsync("INSERT INTO dbo.T VALUES (N'lost')");
        var before = await server.RowsAsync("SELECT [__$start_lsn], [__$seqval], A, B FROM cdc.dbo_T_CT");

        server.Engine.Restore(TestServer.Database, backup);
        var restored = await server.RowsAsync("SELECT B FROM dbo.T");
        await server.RunAsync("INSERT INTO dbo.T VALUES (N'other')");
        var after = await server.RowsAsync("SELECT [__$start_lsn], [__$seqval], A, B FROM cdc.dbo_T_CT");

        Assert.Equal(["kept"], restored.Select(r => (string)r[0]!));
        Assert.Equal(before[0], after[0]);
        Assert.Equal(before[1][..3], after[1][..3]);
        Assert.Equal(("lost", "other"), (before[1][3], after[1][3]));
        Assert.NotEqual(fork, await server.ValueAsync("SELECT recovery_fork_guid FROM sys.database_recovery_status WHERE database_id = DB_ID()"));
    }

    [Fact]
    public async Task Restore_TablesMadeAndDroppedSince_AreAsTheyWere()
    {
        await using var server = await StartAsync();
        var backup = server.Engine.BackUp(TestServer.Database);

        await server.RunAsync("CREATE TABLE dbo.New (X int); ALTER TABLE dbo.T ADD C int NULL; ALTER TABLE dbo.T ALTER COLUMN B nvarchar(99) NULL; EXEC sp_rename N'dbo.T', N'T2'; DROP TABLE dbo.T2");
        server.Engine.Restore(TestServer.Database, backup);

        Assert.Equal(208, await server.ErrorAsync("SELECT * FROM dbo.New"));
        Assert.Equal((short)20, await server.ValueAsync("SELECT COL_LENGTH(N'dbo.T', N'B')"));
        Assert.Equal(207, await server.ErrorAsync("SELECT C FROM dbo.T"));
        Assert.Equal(2601, await server.ErrorAsync("INSERT INTO dbo.T VALUES (N'kept')"));
        await server.RunAsync("UPDATE dbo.T SET B = N'x' WHERE A = 1");
        Assert.Equal(3, await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT"));
    }

    [Fact]
    public async Task Restore_WithoutKeepCdc_CdcIsOff()
    {
        await using var server = await StartAsync();
        var backup = server.Engine.BackUp(TestServer.Database);

        server.Engine.Restore(TestServer.Database, backup, keepCdc: false);

        Assert.Equal(false, await server.ValueAsync("SELECT is_cdc_enabled FROM sys.databases WHERE database_id = DB_ID()"));
        await server.RunAsync("EXEC sys.sp_cdc_enable_db");
    }

    [Fact]
    public async Task Restore_WhileATransactionIsOpen_IsRefused()
    {
        await using var server = await StartAsync();
        var backup = server.Engine.BackUp(TestServer.Database);
        await server.RunAsync("BEGIN TRAN; INSERT INTO dbo.T VALUES (N'open')");

        Assert.Throws<InvalidOperationException>(() => server.Engine.Restore(TestServer.Database, backup));
    }
}
