using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Tests.Engine;

public sealed class ChangeFunctionTests
{
    private static async Task<TestServer> StartAsync()
    {
        var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.T (ID int NOT NULL PRIMARY KEY, V int NULL)");
        await server.RunAsync("EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL");
        await server.RunAsync("INSERT INTO dbo.T VALUES (1, 1)");
        await server.RunAsync("UPDATE dbo.T SET V = 2");
        return server;
    }

    [Theory]
    [InlineData("all", "2,4")]
    [InlineData("all update old", "2,3,4")]
    [InlineData("ALL UPDATE OLD", "2,3,4")]
    public async Task AllChanges_Option_BeforeImagesOnlyWithUpdateOld(string option, string expected)
    {
        await using var server = await StartAsync();

        var result = (await server.RunAsync(
            $"DECLARE @f binary(10) = sys.fn_cdc_get_min_lsn(N'dbo_T'), @t binary(10) = sys.fn_cdc_get_max_lsn(); SELECT * FROM cdc.fn_cdc_get_all_changes_dbo_T(@f, @t, N'{option}')")).Results[0];

        Assert.Equal(expected, string.Join(',', result.Rows.Select(r => r[2])));
        Assert.Equal(["__$start_lsn", "__$seqval", "__$operation", "__$update_mask", "ID", "V"], result.Columns.Select(c => c.Name));
    }

    [Theory]
    [InlineData("NULL", "sys.fn_cdc_get_max_lsn()", "all")]
    [InlineData("sys.fn_cdc_get_min_lsn(N'dbo_T')", "NULL", "all")]
    [InlineData("sys.fn_cdc_decrement_lsn(sys.fn_cdc_get_min_lsn(N'dbo_T'))", "sys.fn_cdc_get_max_lsn()", "all")]
    [InlineData("sys.fn_cdc_get_min_lsn(N'dbo_T')", "sys.fn_cdc_increment_lsn(sys.fn_cdc_get_max_lsn())", "all")]
    [InlineData("sys.fn_cdc_increment_lsn(sys.fn_cdc_get_max_lsn())", "sys.fn_cdc_get_max_lsn()", "all")]
    [InlineData("sys.fn_cdc_get_min_lsn(N'dbo_T')", "sys.fn_cdc_get_max_lsn()", "everything")]
    public async Task AllChanges_OutOfRange_313State3(string from, string to, string option)
    {
        await using var server = await StartAsync();

        var error = (await server.TryAsync($"SELECT * FROM cdc.fn_cdc_get_all_changes_dbo_T({from}, {to}, N'{option}')")).Errors.Single();

        Assert.Equal((313, 16, 3), (error.Number, error.Severity, error.State));
        Assert.StartsWith("An insufficient number of arguments were supplied for the procedure or function cdc.fn_cdc_get_all_changes_", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CleanUp_PastTheFrom_MovesMinAndFails()
    {
        await using var server = await StartAsync();
        var before = server.Engine.MinLsn(TestServer.Database, "dbo_T")!.Value;

        server.Engine.CleanUp(TestServer.Database, server.Engine.MaxLsn(TestServer.Database)!.Value);
        var parameter = TestServer.Parameter("@f", SqlKind.Binary, before.ToBytes(), 10);

        Assert.Equal(313, await server.ErrorAsync("SELECT * FROM cdc.fn_cdc_get_all_changes_dbo_T(@f, sys.fn_cdc_get_max_lsn(), N'all')", parameter));
        Assert.Equal(2, await server.ValueAsync("SELECT COUNT(*) FROM cdc.dbo_T_CT"));
        Assert.Equal(server.Engine.MaxLsn(TestServer.Database), server.Engine.MinLsn(TestServer.Database, "dbo_T"));
    }

    [Fact]
    public async Task CleanUp_ByRetention_KeepsWhatIsYounger()
    {
        await using var server = await StartAsync();
        server.Time.Advance(TimeSpan.FromHours(2));
        await server.RunAsync("INSERT INTO dbo.T VALUES (2, 2)");

        server.Engine.CleanUp(TestServer.Database, TimeSpan.FromHours(1));

        Assert.Equal(2, await server.ValueAsync("SELECT ID FROM cdc.dbo_T_CT"));
    }

    [Fact]
    public async Task AllChanges_OrderBySeqval_SortsInsideATransactionOnly()
    {
        await using var server = await StartAsync();
        await server.RunAsync("INSERT INTO dbo.T VALUES (2, 9); UPDATE dbo.T SET ID = 3 - ID");

        var rows = await server.RowsAsync(
            "SELECT TOP (100) ct.[__$start_lsn], ct.[__$seqval], ct.[__$operation], ct.ID FROM cdc.fn_cdc_get_all_changes_dbo_T(sys.fn_cdc_get_min_lsn(N'dbo_T'), sys.fn_cdc_get_max_lsn(), N'all update old') AS ct ORDER BY ct.[__$start_lsn], ct.[__$seqval], ct.[__$operation]");

        var keys = rows.Select(r => Convert.ToHexString((byte[])r[0]!) + Convert.ToHexString((byte[])r[1]!) + r[2]).ToList();
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        Assert.Equal([1, 2, 1, 2], rows.Skip(4).Select(r => (int)r[2]!));
    }

    [Theory]
    [InlineData("smallest greater than", 0, 2)]
    [InlineData("smallest greater than or equal", 0, 0)]
    [InlineData("largest less than", 60, 1)]
    [InlineData("largest less than or equal", 60, 3)]
    [InlineData("largest less than", 0, -1)]
    [InlineData("smallest greater than", 60, -1)]
    [InlineData("Largest Less Than or Equal", 30, 1)]
    [InlineData("something else", 30, -1)]
    public async Task MapTimeToLsn_Operator_TheEndOfTheGroupThatTheOperatorMeans(string op, int seconds, int expected)
    {
        await using var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.T (ID int NOT NULL PRIMARY KEY); EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL");
        server.Time.Advance(TimeSpan.FromMinutes(1));
        var start = server.Time.GetLocalNow().DateTime;
        await server.RunAsync("INSERT INTO dbo.T VALUES (0); INSERT INTO dbo.T VALUES (1)");
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await server.RunAsync("INSERT INTO dbo.T VALUES (2); INSERT INTO dbo.T VALUES (3)");
        await server.RunAsync("EXEC sys.sp_cdc_cleanup_change_table N'dbo_T', @l", null,
            TestServer.Parameter("@l", SqlKind.Binary, await server.ValueAsync("SELECT [__$start_lsn] FROM cdc.dbo_T_CT WHERE ID = 0"), 10));

        var lsn = await server.ValueAsync("SELECT sys.fn_cdc_map_time_to_lsn(@op, @t)",
            TestServer.Parameter("@op", SqlKind.NVarChar, op, 60), TestServer.Parameter("@t", SqlKind.DateTime, start.AddSeconds(seconds)));

        Assert.Equal(expected < 0 ? null : await server.ValueAsync($"SELECT [__$start_lsn] FROM cdc.dbo_T_CT WHERE ID = {expected}"), lsn);
    }

    [Fact]
    public async Task UpdateMask_MoreThanEightColumns_ABitEachByOrdinalFromTheLastByteOn()
    {
        await using var server = new TestServer();
        await server.RunAsync($"CREATE TABLE dbo.W (ID int NOT NULL PRIMARY KEY, {string.Join(", ", Enumerable.Range(2, 16).Select(i => $"C{i} int NULL"))})");
        await server.RunAsync("EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table N'dbo', N'W', @role_name = NULL; INSERT INTO dbo.W (ID) VALUES (1); UPDATE dbo.W SET C2 = 1, C9 = 1, C17 = 1");

        var masks = (await server.RowsAsync("SELECT [__$update_mask] FROM cdc.dbo_W_CT WHERE [__$operation] IN (2, 4) ORDER BY [__$start_lsn]")).Select(r => Convert.ToHexString((byte[])r[0]!));
        var bits = await server.RowsAsync("""
            SELECT sys.fn_cdc_is_bit_set(c.column_ordinal, ct.[__$update_mask]), sys.fn_cdc_has_column_changed(N'dbo_W', c.column_name, ct.[__$update_mask]), c.column_ordinal
            FROM cdc.dbo_W_CT AS ct CROSS JOIN cdc.captured_columns AS c WHERE ct.[__$operation] = 4 ORDER BY c.column_ordinal
            """);

        Assert.Equal(["01FFFF", "010102"], masks);
        Assert.Equal([2, 9, 17], bits.Where(r => (bool)r[0]!).Select(r => (int)r[2]!));
        Assert.All(bits, r => Assert.Equal(r[0], r[1]));
    }

    [Fact]
    public async Task Functions_LsnArithmetic_CarriesAndBorrows()
    {
        await using var server = await StartAsync();

        Assert.Equal(Lsn.From(Convert.FromHexString("00000001000000020000")).ToBytes(), await server.ValueAsync("SELECT sys.fn_cdc_increment_lsn(0x0000000100000001FFFF)"));
        Assert.Equal(Convert.FromHexString("0000000100000001FFFF"), await server.ValueAsync("SELECT sys.fn_cdc_decrement_lsn(0x00000001000000020000)"));
        Assert.Equal(true, await server.ValueAsync("SELECT sys.fn_cdc_is_bit_set(2, 0x02)"));
        Assert.Equal(2, await server.ValueAsync("SELECT sys.fn_cdc_get_column_ordinal(N'dbo_T', N'V')"));
    }
}
