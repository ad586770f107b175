namespace DStream.StandIns.SqlServer.Tests.Engine;

public sealed class NetChangesTests
{
    private static async Task<TestServer> StartAsync(string changes)
    {
        var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.T (ID int NOT NULL PRIMARY KEY, V int NULL, W int NULL); INSERT INTO dbo.T VALUES (10, 0, 0), (20, 0, 0), (30, 0, 0)");
        await server.RunAsync("EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL");
        await server.RunAsync(changes);
        return server;
    }

    private static async Task<string> NetAsync(TestServer server, string option) => string.Join(' ', (await server.RowsAsync(
        $"SELECT [__$operation], ID, V, [__$update_mask] FROM cdc.fn_cdc_get_net_changes_dbo_T(sys.fn_cdc_get_min_lsn(N'dbo_T'), sys.fn_cdc_get_max_lsn(), N'{option}') ORDER BY ID"))
        .Select(r => $"{r[0]}:{r[1]}:{r[2]}:{(r[3] is byte[] mask ? Convert.ToHexString(mask) : "-")}"));

    [Theory]
    [InlineData("all", "2:1:3:- 4:10:2:- 1:20:0:-")]
    [InlineData("all with mask", "2:1:3:- 4:10:2:06 1:20:0:-")]
    [InlineData(" ALL with MERGE ", "5:1:3:- 5:10:2:- 1:20:0:-")]
    public async Task NetChanges_Option_OneRowAKey(string option, string expected)
    {
        await using var server = await StartAsync("""
            INSERT INTO dbo.T VALUES (1, 1, 1); UPDATE dbo.T SET V = 3 WHERE ID = 1;
            INSERT INTO dbo.T VALUES (2, 1, 1); DELETE FROM dbo.T WHERE ID = 2;
            UPDATE dbo.T SET V = 2 WHERE ID = 10; UPDATE dbo.T SET W = 2 WHERE ID = 10;
            DELETE FROM dbo.T WHERE ID = 20;
            """);

        Assert.Equal(expected, await NetAsync(server, option));
    }

    [Fact]
    public async Task NetChanges_DeletedAndInsertedAgain_IsAnUpdateOfAllColumns()
    {
        await using var server = await StartAsync("DELETE FROM dbo.T WHERE ID = 10; INSERT INTO dbo.T VALUES (10, 9, 9)");

        Assert.Equal("4:10:9:07", await NetAsync(server, "all with mask"));
    }

    [Fact]
    public async Task NetChanges_KeyChanged_DeleteOfTheOldAndInsertOfTheNew()
    {
        await using var server = await StartAsync("UPDATE dbo.T SET ID = 31 WHERE ID = 30");

        Assert.Equal("1:30:0:- 2:31:0:-", await NetAsync(server, "all"));
    }

    [Theory]
    [InlineData("NULL", "sys.fn_cdc_get_max_lsn()", "all")]
    [InlineData("sys.fn_cdc_decrement_lsn(sys.fn_cdc_get_min_lsn(N'dbo_T'))", "sys.fn_cdc_get_max_lsn()", "all")]
    [InlineData("sys.fn_cdc_get_min_lsn(N'dbo_T')", "sys.fn_cdc_increment_lsn(sys.fn_cdc_get_max_lsn())", "all")]
    [InlineData("sys.fn_cdc_get_min_lsn(N'dbo_T')", "sys.fn_cdc_get_max_lsn()", "all update old")]
    public async Task NetChanges_OutOfRange_313WithItsText(string from, string to, string option)
    {
        await using var server = await StartAsync("DELETE FROM dbo.T");

        var error = (await server.TryAsync($"SELECT * FROM cdc.fn_cdc_get_net_changes_dbo_T({from}, {to}, N'{option}')")).Errors.Single();

        Assert.Equal((313, 16, 3), (error.Number, error.Severity, error.State));
        Assert.Equal("An insufficient number of arguments were supplied for the procedure or function cdc.fn_cdc_get_net_changes_ ... .", error.Message);
    }
}
