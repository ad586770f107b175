using DStream.StandIns.SqlServer.Cdc;

namespace DStream.StandIns.SqlServer.Tests.Engine;

public sealed class ChangeCaptureTests
{
    private const string Changes = "SELECT [__$operation], [__$command_id], [__$update_mask], ID, Name, [__$start_lsn], [__$seqval] FROM cdc.dbo_Persons_CT ORDER BY [__$start_lsn], [__$command_id], [__$seqval], [__$operation]";

    private static async Task<TestServer> StartAsync(CaptureSchedule? capture = null)
    {
        var server = new TestServer(capture);
        await server.RunAsync("CREATE TABLE dbo.Persons (ID int NOT NULL PRIMARY KEY, Name nvarchar(50) NULL, Age int NULL)");
        await server.RunAsync("EXEC sys.sp_cdc_enable_db");
        await server.RunAsync("EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Persons', @role_name = NULL");
        return server;
    }

    [Fact]
    public async Task Commit_InsertUpdateDelete_OperationsMasksAndImages()
    {
        await using var server = await StartAsync();

        await server.RunAsync("INSERT INTO dbo.Persons VALUES (1, N'Ada', 36)");
        await server.RunAsync("UPDATE dbo.Persons SET Name = N'Ada L.' WHERE ID = 1");
        await server.RunAsync("DELETE FROM dbo.Persons WHERE ID = 1");
        var rows = await server.RowsAsync(Changes);

        Assert.Equal([2, 3, 4, 1], rows.Select(r => (int)r[0]!));
        Assert.Equal(["Ada", "Ada", "Ada L.", "Ada L."], rows.Select(r => (string)r[4]!));
        Assert.Equal(["07", "02", "02", "07"], rows.Select(r => Convert.ToHexString((byte[])r[2]!)));
        Assert.Equal(rows[1][6], rows[2][6]);
    }

    [Fact]
    public async Task Commit_SeveralStatements_OneStartLsnAndRisingCommands()
    {
        await using var server = await StartAsync();

        await server.RunAsync("BEGIN TRAN; INSERT INTO dbo.Persons VALUES (1, N'A', 1), (2, N'B', 2); UPDATE dbo.Persons SET Age = 3 WHERE ID = 2; COMMIT");
        var rows = await server.RowsAsync(Changes);

        Assert.Single(rows.Select(r => Convert.ToHexString((byte[])r[5]!)).Distinct());
        Assert.Equal([1, 2, 3, 3], rows.Select(r => (int)r[1]!));
        Assert.Equal(3, rows.Select(r => Convert.ToHexString((byte[])r[6]!)).Distinct().Count());
        Assert.All(rows, r => Assert.True(((byte[])r[6]!).AsSpan().SequenceCompareTo((byte[])r[5]!) < 0));
    }

    [Fact]
    public async Task Commit_KeySwap_AllDeletesBeforeAllInsertsSharingSeqval()
    {
        await using var server = await StartAsync();
        await server.RunAsync("INSERT INTO dbo.Persons VALUES (1, N'A', 1), (2, N'B', 2)");

        await server.RunAsync("UPDATE dbo.Persons SET ID = 3 - ID");
        var rows = (await server.RowsAsync(Changes)).Skip(2).ToList();

        Assert.Equal([1, 1, 2, 2], rows.Select(r => (int)r[0]!));
        Assert.Equal([1, 2, 3, 4], rows.Select(r => (int)r[1]!));
        Assert.Equal([1, 2, 2, 1], rows.Select(r => (int)r[3]!));
        Assert.Equal(rows[0][6], rows[2][6]);
        Assert.Equal(rows[1][6], rows[3][6]);
        var now = await server.RowsAsync("SELECT ID, Name FROM dbo.Persons ORDER BY ID");
        Assert.Equal(["1B", "2A"], now.Select(r => $"{r[0]}{r[1]}"));
    }

    [Fact]
    public async Task Commit_UpdateOfUniqueIndexColumn_IsDeferred()
    {
        await using var server = await StartAsync();
        await server.RunAsync("CREATE UNIQUE INDEX UX ON dbo.Persons (Age); INSERT INTO dbo.Persons VALUES (1, N'A', 1), (2, N'B', 2)");

        await server.RunAsync("UPDATE dbo.Persons SET Age = Age + 1");
        var rows = (await server.RowsAsync(Changes)).Skip(2).ToList();

        Assert.Equal([1, 1, 2, 2], rows.Select(r => (int)r[0]!));
    }

    [Fact]
    public async Task Rollback_WholePartialOrStatement_NeverAppears()
    {
        await using var server = await StartAsync();

        await server.RunAsync("BEGIN TRAN; INSERT INTO dbo.Persons VALUES (1, N'A', 1); ROLLBACK");
        await server.RunAsync("BEGIN TRAN; INSERT INTO dbo.Persons VALUES (2, N'B', 1); SAVE TRAN s; INSERT INTO dbo.Persons VALUES (3, N'C', 1); ROLLBACK TRAN s; COMMIT");
        var failed = await server.ErrorAsync("INSERT INTO dbo.Persons VALUES (4, N'D', 1), (2, N'E', 1)");
        var rows = await server.RowsAsync(Changes);

        Assert.Equal(2627, failed);
        Assert.Equal([2], rows.Select(r => (int)r[3]!));
        Assert.Equal([1], rows.Select(r => (int)r[1]!));
    }

    [Fact]
    public async Task Commit_UpdateThatChangesNothing_NoRow()
    {
        await using var server = await StartAsync();

        await server.RunAsync("INSERT INTO dbo.Persons VALUES (1, N'A', 1); UPDATE dbo.Persons SET Name = N'A'");

        Assert.Single(await server.RowsAsync(Changes));
    }

    [Fact]
    public async Task Commit_LargeValues_LeftOutAsDocumented()
    {
        await using var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.L (ID int NOT NULL PRIMARY KEY, N int, T ntext NULL, M nvarchar(max) NULL, C AS N * 2)");
        await server.RunAsync("EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table N'dbo', N'L', @role_name = NULL");

        await server.RunAsync("INSERT INTO dbo.L (ID, N, T, M) VALUES (1, 1, N't', N'm')");
        await server.RunAsync("UPDATE dbo.L SET N = 2; UPDATE dbo.L SET M = N'mm'; DELETE FROM dbo.L");
        var rows = await server.RowsAsync("SELECT [__$operation], T, M, C, [__$update_mask] FROM cdc.dbo_L_CT ORDER BY [__$start_lsn], [__$command_id], [__$operation]");

        Assert.Equal(
            ["2|t|m|", "3|||", "4|t|m|", "3||m|", "4|t|mm|", "1||mm|"],
            rows.Select(r => $"{r[0]}|{r[1]}|{r[2]}|{r[3]}"));
        Assert.Equal(["1F", "02", "02", "08", "08", "1F"], rows.Select(r => Convert.ToHexString((byte[])r[4]!)));
    }

    [Fact]
    public async Task Capture_Manual_MaxLsnAndRowsMoveOnlyWithTheScan()
    {
        await using var server = await StartAsync(CaptureSchedule.Manual);

        await server.RunAsync("INSERT INTO dbo.Persons VALUES (1, N'A', 1)");
        var before = (await server.ValueAsync("SELECT sys.fn_cdc_get_max_lsn()"), await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_Persons_CT"));
        server.Engine.RunCapture(TestServer.Database);
        var after = (await server.ValueAsync("SELECT sys.fn_cdc_get_max_lsn()"), await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_Persons_CT"));

        Assert.Equal((null, 0), before);
        Assert.NotNull(after.Item1);
        Assert.Equal(1, after.Item2);
    }

    [Fact]
    public async Task Capture_Interval_FollowsTheClock()
    {
        await using var server = await StartAsync(CaptureSchedule.Every(TimeSpan.FromSeconds(5)));

        await server.RunAsync("INSERT INTO dbo.Persons VALUES (1, N'A', 1)");
        var early = await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_Persons_CT");
        server.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, early);
        Assert.Equal(1, await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_Persons_CT"));
    }

    [Fact]
    public async Task TimeMapping_Commit_CarriesTheClock()
    {
        await using var server = await StartAsync();

        server.Time.Advance(TimeSpan.FromMinutes(1));
        await server.RunAsync("INSERT INTO dbo.Persons VALUES (1, N'A', 1)");
        var time = await server.ValueAsync("SELECT m.tran_end_time FROM cdc.dbo_Persons_CT AS ct LEFT JOIN cdc.lsn_time_mapping AS m ON m.start_lsn = ct.[__$start_lsn]");

        Assert.Equal(server.Time.GetLocalNow().DateTime, time);
        Assert.Equal(time, await server.ValueAsync("SELECT sys.fn_cdc_map_lsn_to_time(sys.fn_cdc_get_max_lsn())"));
        Assert.Equal(
            await server.ValueAsync("SELECT sys.fn_cdc_get_max_lsn()"),
            await server.ValueAsync("SELECT sys.fn_cdc_map_time_to_lsn('largest less than or equal', GETDATE())"));
    }

    [Fact]
    public async Task Lsn_NextTransaction_IsNotTheLastPlusOne()
    {
        await using var server = await StartAsync();

        for (var i = 0; i < 50; i++)
        {
            await server.RunAsync($"INSERT INTO dbo.Persons VALUES ({i}, N'A', 1)");
        }
        var lsns = (await server.RowsAsync("SELECT [__$start_lsn] FROM cdc.dbo_Persons_CT")).Select(r => Lsn.From((byte[])r[0]!)).ToList();

        Assert.Equal(lsns.Order(), lsns);
        Assert.All(lsns.Zip(lsns.Skip(1)), pair => Assert.True(pair.First.Next() < pair.Second));
    }

    [Fact]
    public async Task DropColumn_CapturedColumn_TurnsNull()
    {
        await using var server = await StartAsync();

        await server.RunAsync("ALTER TABLE dbo.Persons ADD Extra int NULL; ALTER TABLE dbo.Persons DROP COLUMN Name");
        await server.RunAsync("INSERT INTO dbo.Persons (ID, Age, Extra) VALUES (1, 7, 8)");
        var row = (await server.RowsAsync("SELECT * FROM cdc.dbo_Persons_CT"))[0];

        Assert.Equal([1, null, 7, 1], row[5..]);
        Assert.Equal(2, await server.ValueAsync("SELECT COUNT(*) FROM cdc.ddl_history"));
    }

    [Fact]
    public async Task Disable_Table_InstanceIsGone()
    {
        await using var server = await StartAsync();

        await server.RunAsync("EXEC sys.sp_cdc_disable_table N'dbo', N'Persons', N'all'");

        Assert.Equal(208, await server.ErrorAsync("SELECT * FROM cdc.dbo_Persons_CT"));
        Assert.Equal(208, await server.ErrorAsync("SELECT * FROM cdc.fn_cdc_get_all_changes_dbo_Persons(0x01, 0x02, N'all')"));
        Assert.Equal(new byte[10], await server.ValueAsync("SELECT sys.fn_cdc_get_min_lsn(N'dbo_Persons')"));
        Assert.Equal(22985, await server.ErrorAsync("EXEC sys.sp_cdc_disable_table N'dbo', N'Persons', N'all'"));
    }
}
