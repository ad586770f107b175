using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Tests.Engine;

/// <summary>Who may see changes: SELECT on the captured columns of the source, and the gating role where there is one.</summary>
public sealed class GatingTests : IAsyncLifetime
{
    private const string All = "SELECT A FROM cdc.fn_cdc_get_all_changes_dbo_T(sys.fn_cdc_get_max_lsn(), sys.fn_cdc_get_max_lsn(), N'all')";
    private const string Net = "SELECT A FROM cdc.fn_cdc_get_net_changes_dbo_T(sys.fn_cdc_get_max_lsn(), sys.fn_cdc_get_max_lsn(), N'all')";

    private readonly TestServer _server = new();
    private ISqlSession _reader = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.RunAsync("CREATE TABLE dbo.T (A int NOT NULL PRIMARY KEY, B int NULL); CREATE LOGIN reader WITH PASSWORD = N'x'; CREATE USER reader FOR LOGIN reader; EXEC sys.sp_cdc_enable_db");
        _reader = _server.Engine.Open(new SqlLogin("reader", "x", TestServer.Database, "tests", "here", 8000));
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task EnableAsync(string role, string more = "") =>
        await _server.RunAsync($"EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = {role}{more}; INSERT INTO dbo.T VALUES (1, 1)");

    private async Task<int> NumberAsync(string sql) => (await _server.TryAsync(sql, _reader)).Errors.FirstOrDefault()?.Number ?? 0;

    private async Task<bool> SeesLowEndAsync()
    {
        var low = (byte[])(await _server.RunAsync("SELECT sys.fn_cdc_get_min_lsn(N'dbo_T')", _reader)).Results[0].Rows[0][0]!;
        return low.Length == 10 && low.Any(b => b != 0);
    }

    [Fact]
    public async Task Function_NoGatingRole_AnswersThoseWhoMayReadTheSource()
    {
        await EnableAsync("NULL");

        Assert.Equal((313, 313, false), (await NumberAsync(All), await NumberAsync(Net), await SeesLowEndAsync()));
        await _server.RunAsync("GRANT SELECT ON dbo.T (A) TO reader");
        Assert.Equal(313, await NumberAsync(All));
        await _server.RunAsync("GRANT SELECT ON dbo.T (B) TO reader");
        Assert.Equal((0, 0, true), (await NumberAsync(All), await NumberAsync(Net), await SeesLowEndAsync()));
        Assert.Equal(229, await NumberAsync("SELECT A FROM cdc.dbo_T_CT"));
        Assert.Equal(229, await NumberAsync("SELECT * FROM cdc.change_tables"));
    }

    [Fact]
    public async Task Function_GatingRole_AnswersItsMembersOnly()
    {
        await EnableAsync("N'gate'");
        await _server.RunAsync("GRANT SELECT ON dbo.T TO reader");

        Assert.Equal((229, false), (await NumberAsync(All), await SeesLowEndAsync()));
        await _server.RunAsync("GRANT SELECT ON SCHEMA::cdc TO reader");
        Assert.Equal((313, false), (await NumberAsync(All), await SeesLowEndAsync()));
        Assert.Equal(0, await NumberAsync("SELECT A FROM cdc.dbo_T_CT"));
        await _server.RunAsync("REVOKE SELECT ON SCHEMA::cdc FROM reader; ALTER ROLE gate ADD MEMBER reader");
        Assert.Equal((0, true), (await NumberAsync(All), await SeesLowEndAsync()));
        await _server.RunAsync("ALTER ROLE gate DROP MEMBER reader");
        Assert.Equal((229, false), (await NumberAsync(All), await SeesLowEndAsync()));
        await _server.RunAsync("ALTER ROLE db_owner ADD MEMBER reader");
        Assert.Equal((0, true), (await NumberAsync(All), await SeesLowEndAsync()));
    }

    [Fact]
    public async Task Function_ColumnsNotCaptured_NeedNoPermission()
    {
        await EnableAsync("NULL", ", @captured_column_list = N'A'");
        await _server.RunAsync("GRANT SELECT ON dbo.T (A) TO reader");

        Assert.Equal((0, true), (await NumberAsync(All), await SeesLowEndAsync()));
    }

    [Fact]
    public async Task Reports_WithoutAccess_HideTheInstance()
    {
        await EnableAsync("N'gate'");
        await _server.RunAsync("GRANT SELECT ON dbo.T TO reader");

        Assert.Empty((await _server.RunAsync("EXEC sys.sp_cdc_help_change_data_capture", _reader)).Results[0].Rows);
        Assert.Equal(22981, await NumberAsync("EXEC sys.sp_cdc_get_captured_columns N'dbo_T'"));
        Assert.Equal(22981, await NumberAsync("EXEC sys.sp_cdc_get_ddl_history N'dbo_T'"));
        Assert.Equal(22904, await NumberAsync("EXEC sys.sp_cdc_help_jobs"));
        await _server.RunAsync("ALTER ROLE gate ADD MEMBER reader");
        Assert.Single((await _server.RunAsync("EXEC sys.sp_cdc_help_change_data_capture", _reader)).Results[0].Rows);
        Assert.Equal(2, (await _server.RunAsync("EXEC sys.sp_cdc_get_captured_columns N'dbo_T'", _reader)).Results[0].Rows.Count);
    }

    [Fact]
    public async Task Instance_MadeAnew_HasForgottenWhatWasGrantedOnTheOldOne()
    {
        await EnableAsync("NULL");
        await _server.RunAsync("GRANT SELECT ON dbo.T TO reader; GRANT SELECT ON cdc.dbo_T_CT TO reader");
        Assert.Equal(0, await NumberAsync("SELECT A FROM cdc.dbo_T_CT"));

        await _server.RunAsync("EXEC sys.sp_cdc_disable_table N'dbo', N'T', N'all'; EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL");

        Assert.Equal(229, await NumberAsync("SELECT A FROM cdc.dbo_T_CT"));
    }
}
