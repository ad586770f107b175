using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Tests.Engine;

public sealed class CdcProcedureTests
{
    private const string Table = "CREATE TABLE dbo.T (A int NOT NULL CONSTRAINT PK_T PRIMARY KEY, B int NOT NULL, C int NULL, [D, E] int NULL);";

    private static async Task<TestServer> StartAsync(string more = "", CaptureSchedule? capture = null)
    {
        var server = new TestServer(capture);
        await server.RunAsync(Table + "EXEC sys.sp_cdc_enable_db;" + more);
        return server;
    }

    private static string Enable(string arguments) => $"EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'T', @role_name = NULL{arguments}";

    [Theory]
    [InlineData("EXEC sys.sp_cdc_enable_table N'dbo', N'T'", 201)]
    [InlineData("EXEC sys.sp_cdc_enable_table @source_name = N'T', @role_name = NULL", 201)]
    [InlineData("EXEC sys.sp_cdc_enable_table N'', N'T', @role_name = NULL", 22963)]
    [InlineData("EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = N''", 22907)]
    [InlineData("EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role = NULL", 8145)]
    [InlineData("EXEC sys.sp_cdc_enable_table N'cdc', N'change_tables', @role_name = NULL", 22974)]
    [InlineData("EXEC sys.sp_cdc_enable_table N'dbo', N'Nothing', @role_name = NULL", 22931)]
    [InlineData("EXEC sys.sp_cdc_disable_table N'dbo', N'T', N'all'", 22985)]
    [InlineData("EXEC sys.sp_cdc_disable_table N'dbo', N'T'", 201)]
    [InlineData("EXEC sys.sp_cdc_help_change_data_capture N'dbo'", 22972)]
    [InlineData("EXEC sys.sp_cdc_help_change_data_capture N'dbo', N'T'", 22985)]
    [InlineData("EXEC sys.sp_cdc_get_captured_columns N'nothing'", 22981)]
    [InlineData("EXEC sys.sp_cdc_get_ddl_history N'nothing'", 22981)]
    [InlineData("EXEC sys.sp_cdc_change_job N'capture'", 22997)]
    [InlineData("EXEC sys.sp_cdc_generate_wrapper_function", 50000)]
    public async Task Procedure_WrongArguments_DocumentedError(string sql, int number)
    {
        await using var server = await StartAsync();

        Assert.Equal(number, await server.ErrorAsync(sql));
    }

    [Theory]
    [InlineData(", @captured_column_list = N'A, Nothing'", 22930)]
    [InlineData(", @captured_column_list = N'A, [B'", 22965)]
    [InlineData(", @captured_column_list = N'A,,B'", 22942)]
    [InlineData(", @captured_column_list = N'B, C'", 22943)]
    [InlineData(", @index_name = N'IX_No'", 22928)]
    [InlineData(", @index_name = N'IX_B'", 22929)]
    [InlineData(", @index_name = N'UX_C'", 22838)]
    [InlineData(", @index_name = N'UX_B', @captured_column_list = N'A', @supports_net_changes = 0", 22943)]
    [InlineData(", @filegroup_name = N'Nowhere'", 22973)]
    public async Task EnableTable_WrongColumnsOrIndex_DocumentedError(string arguments, int number)
    {
        await using var server = await StartAsync("CREATE INDEX IX_B ON dbo.T (B); CREATE UNIQUE INDEX UX_B ON dbo.T (B); CREATE UNIQUE INDEX UX_C ON dbo.T (C);");

        Assert.Equal(number, await server.ErrorAsync(Enable(arguments)));
        Assert.Equal(0, await server.ValueAsync("SELECT COUNT(*) FROM cdc.change_tables"));
    }

    [Fact]
    public async Task EnableTable_NetChangesWithoutKey_22939()
    {
        await using var server = await StartAsync("CREATE TABLE dbo.Heap (A int NULL);");

        Assert.Equal(22939, await server.ErrorAsync("EXEC sys.sp_cdc_enable_table N'dbo', N'Heap', @role_name = NULL, @supports_net_changes = 1"));
        await server.RunAsync("EXEC sys.sp_cdc_enable_table N'dbo', N'Heap', @role_name = NULL");
        Assert.Equal([false, null], (await server.RowsAsync("SELECT supports_net_changes, index_name FROM cdc.change_tables"))[0]);
        Assert.Equal(208, await server.ErrorAsync("SELECT * FROM cdc.fn_cdc_get_net_changes_dbo_Heap(0x00, 0x00, N'all')"));
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(101, 22927)]
    public async Task EnableTable_InstanceName_HundredCharactersAtMost(int length, int number)
    {
        await using var server = await StartAsync();

        var errors = (await server.TryAsync(Enable($", @capture_instance = N'{new string('x', length)}'"))).Errors.ToList();

        Assert.Equal(number, errors.Count == 0 ? 0 : errors[0].Number);
    }

    [Fact]
    public async Task EnableTable_AllParameters_KeptInTheMetadata()
    {
        await using var server = await StartAsync("CREATE UNIQUE INDEX UX_B ON dbo.T (B);");

        var result = await server.RunAsync(Enable(", @capture_instance = N'mine  ', @supports_net_changes = 0, @index_name = N'UX_B', @captured_column_list = N'\"B\", [D, E]', @filegroup_name = N'PRIMARY', @allow_partition_switch = 0"));

        Assert.Equal(["mine", false, "UX_B", "PRIMARY"], (await server.RowsAsync("SELECT capture_instance, supports_net_changes, index_name, filegroup_name FROM cdc.change_tables"))[0]);
        Assert.Equal(["B1", "D, E2"], (await server.RowsAsync("SELECT column_name, column_ordinal FROM cdc.captured_columns ORDER BY column_ordinal")).Select(r => $"{r[0]}{r[1]}"));
        Assert.Equal("B", await server.ValueAsync("SELECT column_name FROM cdc.index_columns"));
        Assert.Equal(22857, result.Messages.Single().Number);
        var help = (await server.RunAsync("EXEC sys.sp_cdc_help_change_data_capture N'dbo', N'T'")).Results[0];
        Assert.Equal(["[B]", "[B], [D, E]"], help.Rows[0][^2..]);
    }

    [Fact]
    public async Task EnableDatabase_TwiceAndOnMaster_MessageAndError()
    {
        await using var server = await StartAsync();

        Assert.Equal(22905, (await server.RunAsync("EXEC sys.sp_cdc_enable_db")).Messages.Single().Number);
        Assert.Equal(22989, await server.ErrorAsync("USE master; EXEC sys.sp_cdc_enable_db"));
        await server.RunAsync("USE TestDB; EXEC sys.sp_cdc_disable_db");
        await server.RunAsync("CREATE SCHEMA cdc");
        Assert.Equal(22906, await server.ErrorAsync("EXEC sys.sp_cdc_enable_db"));
    }

    [Fact]
    public async Task TwoInstances_OfOneTable_EachHasItsOwnRangeAndColumns()
    {
        await using var server = await StartAsync(Enable(";"));
        await server.RunAsync("INSERT INTO dbo.T (A, B) VALUES (1, 1); ALTER TABLE dbo.T ADD F int NULL");

        await server.RunAsync(Enable(", @capture_instance = N'second'") + "; INSERT INTO dbo.T (A, B, F) VALUES (2, 2, 7)");

        Assert.Equal(2, await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT"));
        Assert.Equal([2, 7], (await server.RowsAsync("SELECT A, F FROM cdc.second_CT")).Single());
        Assert.Equal(207, await server.ErrorAsync("SELECT F FROM cdc.dbo_T_CT"));
        Assert.True(server.Engine.MinLsn(TestServer.Database, "dbo_T") < server.Engine.MinLsn(TestServer.Database, "second"));
        Assert.Equal(313, await server.ErrorAsync("SELECT * FROM cdc.fn_cdc_get_all_changes_second(sys.fn_cdc_get_min_lsn(N'dbo_T'), sys.fn_cdc_get_max_lsn(), N'all')"));
        Assert.Equal(22960, await server.ErrorAsync("EXEC sys.sp_cdc_disable_table N'dbo', N'T', N'third'"));
        await server.RunAsync("EXEC sys.sp_cdc_disable_table N'dbo', N'T', N'dbo_T'");
        Assert.Equal(["second"], (await server.RowsAsync("SELECT capture_instance FROM cdc.change_tables")).Select(r => (string)r[0]!));
    }

    [Fact]
    public async Task Rollback_OfEnabling_TakesAllOfItBack()
    {
        await using var server = new TestServer();
        await server.RunAsync(Table);

        await server.RunAsync("BEGIN TRAN; EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = N'readers'; INSERT INTO dbo.T (A, B) VALUES (1, 1); ROLLBACK");

        Assert.Equal(false, await server.ValueAsync("SELECT is_cdc_enabled FROM sys.databases WHERE name = N'TestDB'"));
        Assert.Equal(22901, await server.ErrorAsync("EXEC sys.sp_cdc_help_jobs"));
        Assert.Null(await server.ValueAsync("SELECT SCHEMA_ID(N'cdc')"));
        Assert.Equal(0, await server.ValueAsync("SELECT COUNT(*) FROM sys.database_principals WHERE name = N'readers'"));
    }

    [Fact]
    public async Task Rollback_OfDisabling_LosesNoChangeThatWasScannedMeanwhile()
    {
        await using var server = await StartAsync(Enable(";"), CaptureSchedule.Manual);
        await server.RunAsync("INSERT INTO dbo.T (A, B) VALUES (1, 1)");

        await server.RunAsync("BEGIN TRAN; EXEC sys.sp_cdc_disable_table N'dbo', N'T', N'all'");
        server.Engine.RunCapture(TestServer.Database);
        await server.RunAsync("ROLLBACK; INSERT INTO dbo.T (A, B) VALUES (2, 2)");
        server.Engine.RunCapture(TestServer.Database);

        Assert.Equal([1, 2], (await server.RowsAsync("SELECT A FROM cdc.dbo_T_CT")).Select(r => (int)r[0]!));
    }

    [Fact]
    public async Task Rollback_OfDroppingATrackedTable_KeepsItsInstances()
    {
        await using var server = await StartAsync(Enable(";"));
        await server.RunAsync("INSERT INTO dbo.T (A, B) VALUES (1, 1)");

        await server.RunAsync("BEGIN TRAN; DROP TABLE dbo.T; ROLLBACK");
        await server.RunAsync("INSERT INTO dbo.T (A, B) VALUES (2, 2)");

        Assert.Equal(2, await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT"));
        await server.RunAsync("DROP TABLE dbo.T");
        Assert.Equal(208, await server.ErrorAsync("SELECT * FROM cdc.dbo_T_CT"));
        Assert.Equal(0, await server.ValueAsync("SELECT COUNT(*) FROM cdc.captured_columns"));
    }

    [Fact]
    public async Task EnableTable_WhileAnotherTransactionWrites_WaitsForIt()
    {
        await using var server = await StartAsync();
        await using var writer = server.Open();
        await server.RunAsync("BEGIN TRAN; INSERT INTO dbo.T (A, B) VALUES (1, 1)", writer);

        Assert.Equal(1222, await server.ErrorAsync("SET LOCK_TIMEOUT 0; " + Enable("")));
        await server.RunAsync("COMMIT", writer);

        await server.RunAsync(Enable(""));
        Assert.Equal(0, await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT"));
    }

    [Theory]
    [InlineData("ALTER TABLE dbo.T DROP CONSTRAINT PK_T", 22979)]
    [InlineData("DROP INDEX UX_B ON dbo.T", 22983)]
    [InlineData("TRUNCATE TABLE dbo.T", 4711)]
    public async Task Definition_OfWhatCdcUses_IsRefused(string sql, int number)
    {
        await using var server = await StartAsync("CREATE UNIQUE INDEX UX_B ON dbo.T (B);" + Enable(";") + Enable(", @capture_instance = N'second', @index_name = N'UX_B'"));

        Assert.Equal(number, await server.ErrorAsync(sql));
        await server.RunAsync("EXEC sys.sp_cdc_disable_table N'dbo', N'T', N'all'; DROP INDEX UX_B ON dbo.T; TRUNCATE TABLE dbo.T");
    }

    [Fact]
    public async Task DdlHistory_ColumnsChanged_TheStatementsWithLsnAndTimeOnceTheJobCameToThem()
    {
        await using var server = await StartAsync(Enable(";"), CaptureSchedule.Manual);
        server.Engine.RunCapture(TestServer.Database);

        await server.RunAsync("ALTER TABLE dbo.T ADD F int NULL; ALTER TABLE dbo.T DROP COLUMN C; CREATE INDEX IX ON dbo.T (B)");
        var before = await server.ValueAsync("SELECT COUNT(*) FROM cdc.ddl_history");
        server.Engine.RunCapture(TestServer.Database);
        var report = (await server.RunAsync("EXEC sys.sp_cdc_get_ddl_history N'dbo_T'")).Results[0].Rows;

        Assert.Equal(0, before);
        Assert.Equal(["ALTER TABLE dbo.T ADD F int NULL", "ALTER TABLE dbo.T DROP COLUMN C"], report.Select(r => ((string)r[4]!).TrimEnd(';')));
        Assert.Equal([false, false], report.Select(r => (bool)r[3]!));
        Assert.Equal(server.Engine.MaxLsn(TestServer.Database)!.Value.ToBytes(), report[1][5]);
        Assert.All(report, r => Assert.Equal(server.Time.GetLocalNow().DateTime, r[6]));
        Assert.Equal(2, await server.ValueAsync("SELECT schema_change_count FROM sys.dm_cdc_log_scan_sessions WHERE session_id = 0"));
        await server.RunAsync("BEGIN TRAN; ALTER TABLE dbo.T ADD G int NULL; ROLLBACK");
        server.Engine.RunCapture(TestServer.Database);
        Assert.Equal(2, await server.ValueAsync("SELECT COUNT(*) FROM cdc.ddl_history"));
    }

    [Fact]
    public async Task AlterColumn_Twice_ChangeTableFollowsAtThePlaceInTheLog()
    {
        await using var server = await StartAsync(Enable(";"), CaptureSchedule.Manual);

        await server.RunAsync("INSERT INTO dbo.T (A, B, C) VALUES (1, 1, 1)");
        await server.RunAsync("ALTER TABLE dbo.T ALTER COLUMN C bigint NULL");
        await server.RunAsync("INSERT INTO dbo.T (A, B, C) VALUES (2, 2, 5000000000)");
        await server.RunAsync("ALTER TABLE dbo.T ALTER COLUMN C nvarchar(20) NULL");
        await server.RunAsync("INSERT INTO dbo.T (A, B, C) VALUES (3, 3, N'x')");
        var before = await server.ValueAsync("SELECT column_type FROM cdc.captured_columns WHERE column_name = N'C'");
        server.Engine.RunCapture(TestServer.Database);
        var changes = (await server.RunAsync("SELECT C FROM cdc.dbo_T_CT ORDER BY A")).Results[0];

        Assert.Equal("int", before);
        Assert.Equal(SqlKind.NVarChar, changes.Columns[0].Type.Kind);
        Assert.Equal(["1", "5000000000", "x"], changes.Rows.Select(r => (string)r[0]!));
        Assert.Equal("nvarchar", await server.ValueAsync("SELECT column_type FROM cdc.captured_columns WHERE column_name = N'C'"));
        Assert.Equal([true, true], (await server.RowsAsync("SELECT required_column_update FROM cdc.ddl_history")).Select(r => (bool)r[0]!));
    }

    [Fact]
    public async Task Rename_OfTrackedTableAndColumn_TheColumnIsReplicatedTheTableKeepsItsInstance()
    {
        await using var server = await StartAsync(Enable(";"));

        Assert.Equal(4928, await server.ErrorAsync("EXEC sp_rename N'dbo.T.B', N'B2', N'COLUMN'"));
        await server.RunAsync("EXEC sp_rename N'dbo.T', N'T2'; INSERT INTO dbo.T2 (A, B) VALUES (1, 1)");

        Assert.Equal(1, await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT"));
        Assert.Equal("T2", (await server.RunAsync("EXEC sys.sp_cdc_help_change_data_capture")).Results[0].Rows[0][1]);
    }

    [Fact]
    public async Task SwitchOfAPartition_IsRefusedByName()
    {
        await using var server = await StartAsync("CREATE TABLE dbo.U (A int NOT NULL PRIMARY KEY);");

        var error = (await server.TryAsync("ALTER TABLE dbo.T SWITCH TO dbo.U")).Errors.Single();

        Assert.Equal(50000, error.Number);
        Assert.Contains("Switch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CleanUp_OfOneInstance_TakesTheSmallestLsnOfThatTime()
    {
        await using var server = await StartAsync(Enable(";"));
        for (var i = 0; i < 3; i++)
        {
            await server.RunAsync($"INSERT INTO dbo.T (A, B) VALUES ({i}, {i})");
        }
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await server.RunAsync("INSERT INTO dbo.T (A, B) VALUES (7, 7); INSERT INTO dbo.T (A, B) VALUES (8, 8)");
        var all = (await server.RowsAsync("SELECT [__$start_lsn] FROM cdc.dbo_T_CT")).Select(r => (byte[])r[0]!).ToList();
        SqlParameterOf(all[^1], out var last);

        Assert.Equal(22964, await server.ErrorAsync("EXEC sys.sp_cdc_cleanup_change_table N'dbo_T', 0x00000001000000010001"));
        Assert.Equal(22850, await server.ErrorAsync("EXEC sys.sp_cdc_cleanup_change_table N'dbo_T', @l, 0", last));
        Assert.Equal(22920, await server.ErrorAsync("EXEC sys.sp_cdc_cleanup_change_table N'none', @l", last));
        await server.RunAsync("EXEC sys.sp_cdc_cleanup_change_table @capture_instance = N'dbo_T', @low_water_mark = @l, @threshold = 1", null, last);

        Assert.Equal([7, 8], (await server.RowsAsync("SELECT A FROM cdc.dbo_T_CT")).Select(r => (int)r[0]!));
        Assert.Equal(all[^2], await server.ValueAsync("SELECT sys.fn_cdc_get_min_lsn(N'dbo_T')"));
    }

    private static void SqlParameterOf(byte[] lsn, out Sessions.SqlParameter parameter) => parameter = TestServer.Parameter("@l", SqlKind.Binary, lsn, 10);
}
