using DStream.StandIns.SqlServer.Cdc;

namespace DStream.StandIns.SqlServer.Tests.Engine;

public sealed class CdcJobTests
{
    private static async Task<TestServer> StartAsync(CaptureSchedule? capture = null)
    {
        var server = new TestServer(capture);
        await server.RunAsync("CREATE TABLE dbo.T (A int NOT NULL PRIMARY KEY); EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL");
        return server;
    }

    // Timers that are set again while the clock moves see where it has come to, not where it was on the way.
    private static void Steps(TestServer server, TimeSpan step, int count)
    {
        for (var i = 0; i < count; i++)
        {
            server.Time.Advance(step);
        }
    }

    [Fact]
    public async Task Jobs_FirstTableEnabled_BothWithDocumentedDefaults()
    {
        await using var server = await StartAsync();

        var jobs = (await server.RunAsync("EXEC sys.sp_cdc_help_jobs")).Results[0];
        var stored = await server.RowsAsync("SELECT database_id, job_type, maxtrans, maxscans, continuous, pollinginterval, retention, threshold FROM msdb.dbo.cdc_jobs ORDER BY job_type");

        Assert.Equal(["capture", "cleanup"], jobs.Rows.Select(r => (string)r[1]!));
        Assert.Equal(["cdc.TestDB_capture", "cdc.TestDB_cleanup"], jobs.Rows.Select(r => (string)r[2]!));
        Assert.Equal("capture|500|10|True|5|0|0", string.Join('|', stored[0][1..]));
        Assert.Equal("cleanup|0|0|False|0|4320|5000", string.Join('|', stored[1][1..]));
        Assert.Equal(2, await server.ValueAsync("SELECT COUNT(*) FROM cdc.cdc_jobs"));
        Assert.Equal(208, await server.ErrorAsync("SELECT * FROM dbo.cdc_jobs"));
    }

    [Theory]
    [InlineData("EXEC sys.sp_cdc_change_job N'capture', @maxtrans = 0", 22991)]
    [InlineData("EXEC sys.sp_cdc_change_job @maxscans = 0", 22970)]
    [InlineData("EXEC sys.sp_cdc_change_job @pollinginterval = 86401", 22990)]
    [InlineData("EXEC sys.sp_cdc_change_job @retention = 10", 22995)]
    [InlineData("EXEC sys.sp_cdc_change_job N'cleanup', @retention = 0", 22994)]
    [InlineData("EXEC sys.sp_cdc_change_job N'cleanup', @retention = 52594801", 22994)]
    [InlineData("EXEC sys.sp_cdc_change_job N'cleanup', @threshold = 0", 22850)]
    [InlineData("EXEC sys.sp_cdc_change_job N'cleanup', @maxscans = 3", 22996)]
    [InlineData("EXEC sys.sp_cdc_change_job N'other'", 22992)]
    [InlineData("EXEC sys.sp_cdc_add_job N'capture'", 14261)]
    [InlineData("EXEC sys.sp_cdc_start_job", 22022)]
    [InlineData("EXEC sys.sp_cdc_stop_job N'cleanup'", 22022)]
    [InlineData("EXEC sys.sp_cdc_scan", 22903)]
    public async Task Job_WrongArguments_DocumentedError(string sql, int number)
    {
        await using var server = await StartAsync();

        Assert.Equal(number, await server.ErrorAsync(sql));
    }

    [Fact]
    public async Task ChangeJob_ThenRollback_Undone()
    {
        await using var server = await StartAsync();

        await server.RunAsync("EXEC sys.sp_cdc_change_job N'cleanup', @retention = 10080; BEGIN TRAN; EXEC sys.sp_cdc_change_job N'cleanup', @retention = 1; EXEC sys.sp_cdc_drop_job N'capture'; ROLLBACK");

        Assert.Equal(["0", "10080"], (await server.RowsAsync("SELECT retention FROM cdc.cdc_jobs ORDER BY retention")).Select(r => $"{r[0]}"));
    }

    [Fact]
    public async Task ChangeJob_Continuous_FollowsThePollingInterval()
    {
        await using var server = await StartAsync();

        await server.RunAsync("EXEC sys.sp_cdc_change_job N'capture', @continuous = 0, @pollinginterval = 9");
        var once = (await server.RowsAsync("SELECT continuous, pollinginterval FROM cdc.cdc_jobs WHERE job_type = N'capture'"))[0];
        await server.RunAsync("EXEC sys.sp_cdc_change_job N'capture', @pollinginterval = 7");
        var again = (await server.RowsAsync("SELECT continuous, pollinginterval FROM cdc.cdc_jobs WHERE job_type = N'capture'"))[0];

        Assert.Equal([false, 0L], once);
        Assert.Equal([true, 7L], again);
    }

    [Fact]
    public async Task StopJob_CaptureStopped_MaxLsnStandsUntilItStarts()
    {
        await using var server = await StartAsync();
        var before = await server.ValueAsync("SELECT sys.fn_cdc_get_max_lsn()");

        await server.RunAsync("EXEC sys.sp_cdc_stop_job; INSERT INTO dbo.T VALUES (1)");
        server.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(before, await server.ValueAsync("SELECT sys.fn_cdc_get_max_lsn()"));
        Assert.Equal(22022, await server.ErrorAsync("EXEC sys.sp_cdc_stop_job N'capture'"));
        await server.RunAsync("EXEC sys.sp_cdc_start_job N'capture'");
        Assert.Equal(1, await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT"));
    }

    [Fact]
    public async Task StartJob_AfterAnotherPollingInterval_ScansByIt()
    {
        await using var server = await StartAsync();

        await server.RunAsync("EXEC sys.sp_cdc_change_job @pollinginterval = 30; EXEC sys.sp_cdc_stop_job; EXEC sys.sp_cdc_start_job; INSERT INTO dbo.T VALUES (1)");
        server.Time.Advance(TimeSpan.FromSeconds(29));
        var early = await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT");
        server.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, early);
        Assert.Equal(1, await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT"));
    }

    [Fact]
    public async Task Scan_ByHand_TakesMaxTransTimesMaxScans()
    {
        await using var server = await StartAsync(CaptureSchedule.Manual);
        server.Engine.RunCapture(TestServer.Database);
        await server.RunAsync("DECLARE @i int = 0; WHILE @i < 10 BEGIN INSERT INTO dbo.T VALUES (@i); SET @i += 1 END");

        await server.RunAsync("EXEC sys.sp_cdc_scan @maxtrans = 2, @maxscans = 3");

        Assert.Equal(6, await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT"));
        Assert.Equal(["2", "2", "2"], (await server.RowsAsync("SELECT tran_count FROM sys.dm_cdc_log_scan_sessions WHERE session_id > 1")).Select(r => $"{r[0]}"));
        Assert.Equal(6L, await server.ValueAsync("SELECT tran_count FROM sys.dm_cdc_log_scan_sessions WHERE session_id = 0"));
        Assert.Equal(4, server.Engine.RunCapture(TestServer.Database));
    }

    [Fact]
    public async Task DropJob_OfCapture_NothingIsCapturedUntilItIsAddedAgain()
    {
        await using var server = await StartAsync();

        await server.RunAsync("EXEC sys.sp_cdc_drop_job N'capture'; INSERT INTO dbo.T VALUES (1)");
        var without = await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT");
        await server.RunAsync("EXEC sys.sp_cdc_add_job @job_type = N'capture'");

        Assert.Equal(0, without);
        Assert.Equal(1, await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT"));
        Assert.Equal(22997, await server.ErrorAsync("EXEC sys.sp_cdc_drop_job N'cleanup'; EXEC sys.sp_cdc_drop_job N'cleanup'"));
    }

    [Fact]
    public async Task Heartbeat_NothingHappens_AnEntryWithoutTransactionEveryFiveMinutes()
    {
        await using var server = await StartAsync();
        var before = server.Engine.MaxLsn(TestServer.Database);

        server.Time.Advance(TimeSpan.FromMinutes(4));
        var early = server.Engine.MaxLsn(TestServer.Database);
        Steps(server, TimeSpan.FromMinutes(1), 7);
        var rows = await server.RowsAsync("SELECT tran_id, tran_end_time FROM cdc.lsn_time_mapping ORDER BY start_lsn");

        Assert.Equal(before, early);
        Assert.True(server.Engine.MaxLsn(TestServer.Database) > before);
        Assert.Equal(3, rows.Count);
        Assert.All(rows, r => Assert.Equal(new byte[] { 0 }, r[0]));
        Assert.Equal(TimeSpan.FromMinutes(5), (DateTime)rows[2][1]! - (DateTime)rows[1][1]!);
    }

    [Fact]
    public async Task Cleanup_AtTwoInTheMorning_KeepsTheRetention()
    {
        await using var server = await StartAsync();
        await server.RunAsync("EXEC sys.sp_cdc_change_job N'cleanup', @retention = 600; INSERT INTO dbo.T VALUES (1)");
        server.Time.Advance(TimeSpan.FromHours(13));
        await server.RunAsync("INSERT INTO dbo.T VALUES (2)");
        var low = server.Engine.MinLsn(TestServer.Database, "dbo_T");

        server.Time.Advance(TimeSpan.FromMinutes(59));
        var before = await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT");
        server.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(2, before);
        Assert.Equal(2, await server.ValueAsync("SELECT A FROM cdc.dbo_T_CT"));
        Assert.True(server.Engine.MinLsn(TestServer.Database, "dbo_T") > low);
    }

    [Fact]
    public async Task Sessions_IdleJob_CountTheEmptyScansAndStandWhenItStops()
    {
        await using var server = await StartAsync();
        await server.RunAsync("INSERT INTO dbo.T VALUES (1)");

        server.Time.Advance(TimeSpan.FromSeconds(60));
        var idle = (await server.RowsAsync("SELECT TOP (1) empty_scan_count, end_time, tran_count FROM sys.dm_cdc_log_scan_sessions ORDER BY session_id DESC"))[0];
        await server.RunAsync("EXEC sys.sp_cdc_stop_job");
        server.Time.Advance(TimeSpan.FromSeconds(60));
        var stopped = (await server.RowsAsync("SELECT TOP (1) empty_scan_count, end_time, tran_count FROM sys.dm_cdc_log_scan_sessions ORDER BY session_id DESC"))[0];

        Assert.Equal([12, server.Time.GetLocalNow().DateTime - TimeSpan.FromSeconds(60), 0L], idle);
        Assert.Equal(idle, stopped);
    }

    [Fact]
    public async Task FailCapture_ScansFail_ErrorsAreListedAndNothingIsLost()
    {
        await using var server = await StartAsync(CaptureSchedule.Every(TimeSpan.FromSeconds(5), TimeSpan.Zero));
        server.Time.Advance(TimeSpan.FromSeconds(5));
        var max = server.Engine.MaxLsn(TestServer.Database);

        server.Engine.FailCapture(TestServer.Database, new CaptureFault(9002, "The transaction log for database 'TestDB' is full.", Scans: 2));
        await server.RunAsync("INSERT INTO dbo.T VALUES (1)");
        Steps(server, TimeSpan.FromSeconds(5), 2);

        Assert.Equal(max, server.Engine.MaxLsn(TestServer.Database));
        Assert.Equal([9002, 22859, 9002, 22859], (await server.RowsAsync("SELECT error_number FROM sys.dm_cdc_errors")).Select(r => (int)r[0]!));
        Assert.Equal([4, 2], (await server.RowsAsync("SELECT error_count, failed_sessions_count FROM sys.dm_cdc_log_scan_sessions WHERE session_id = 0"))[0]);
        server.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT"));
    }
}
