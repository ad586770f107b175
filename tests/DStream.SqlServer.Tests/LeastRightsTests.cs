using System.Runtime.CompilerServices;
using DStream.Core;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.SqlServer.Tests;

/// <summary>The login that deploy/sql makes, with the rights that it grants and no others.</summary>
public sealed class LeastRightsTests : IAsyncLifetime
{
    private static readonly TableName Persons = new("dbo", "Persons");
    private static readonly SourceTable Source = new("server", StandIn.Database, Persons);
    private StandIn _server = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string ConnectionString => _server.Listener.ConnectionString(StandIn.Database, "dstream", "<a long random password>");

    public async ValueTask InitializeAsync()
    {
        _server = await StandIn.StartAsync(enableCdc: false);
        await _server.RunAsync("CREATE TABLE dbo.Persons (ID int NOT NULL PRIMARY KEY, FirstName nvarchar(50) NULL);");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Scripts_RunAsTheyStand_EverythingWorksWithTheirRights()
    {
        await RunScriptsAsync();
        var log = new RecordingLogger();
        await using var source = CreateSource(ReadMode.Auto, log);
        var store = CreateStore();

        await using var reader = await source.OpenAsync(Persons, Stop);
        var (rows, next) = await ReadAsync(source, reader);
        var checkpoint = await store.BeginEpochAsync(Source, "host/1", Stop);

        Assert.Contains(log.Lines, line => line.Contains("in command order", StringComparison.Ordinal));
        Assert.Equal(["2 {\"ID\":1,\"FirstName\":\"Ada\"}", "4 {\"ID\":1,\"FirstName\":\"Ada L.\"}"], rows);
        Assert.Equal(CheckpointSave.Saved, await store.SaveAsync(Source, checkpoint.Epoch, next, Stop));
        Assert.Equal(new Checkpoint(checkpoint.Epoch, next), await store.LoadAsync(Source, Stop));
        await _server.RunAsync("DELETE FROM dbo.Persons;");
        Assert.Equal([Persons], (await source.FindChangedAsync([new TablePosition(reader.Table, next)], await source.GetMaxLsnAsync(Stop), Stop))!);
    }

    // Without SELECT on the change table: what read_mode = "auto" falls back to, and "function" asks for.
    [Theory]
    [InlineData(ReadMode.Auto, "the login may not read the change table")]
    [InlineData(ReadMode.Function, "read_mode says so")]
    public async Task Function_WithoutTheChangeTable_ReadsTheSame(ReadMode mode, string reason)
    {
        await RunScriptsAsync();
        await _server.RunAsync("REVOKE SELECT ON OBJECT::[cdc].[dbo_Persons_CT] FROM [dstream];");
        var log = new RecordingLogger();
        await using var source = CreateSource(mode, log);

        await using var reader = await source.OpenAsync(Persons, Stop);
        var (rows, next) = await ReadAsync(source, reader);

        Assert.Equal(["2 {\"ID\":1,\"FirstName\":\"Ada\"}", "4 {\"ID\":1,\"FirstName\":\"Ada L.\"}"], rows);
        Assert.Contains(log.Lines, line => line.Contains("function order", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal));
        Assert.Null(await source.FindChangedAsync([new TablePosition(reader.Table, next)], await source.GetMaxLsnAsync(Stop), Stop));
    }

    // Found with a real gating role: the low end of an instance that the login may not see is zero, and the remedy was to enable the table again.
    [Fact]
    public async Task GatingRole_NotAMember_SaysWhichRoleAndReadsOnceItIs()
    {
        await RunScriptsAsync();
        await _server.RunAsync("EXEC sys.sp_cdc_disable_table N'dbo', N'Persons', N'all'; EXEC sys.sp_cdc_enable_table N'dbo', N'Persons', @role_name = N'cdc_readers';");
        await _server.RunAsync("INSERT INTO dbo.Persons VALUES (2, N'Bea');");
        await using var source = CreateSource(ReadMode.Auto);

        var refused = await Assert.ThrowsAsync<TableNotReadyException>(async () => await source.OpenAsync(Persons, Stop));
        Assert.DoesNotContain("sp_cdc_enable_table", refused.Remedy, StringComparison.Ordinal);
        Assert.Contains("ALTER ROLE [cdc_readers] ADD MEMBER [dstream];", refused.Remedy, StringComparison.Ordinal);
        await _server.RunAsync(refused.Remedy);

        await using var reader = await source.OpenAsync(Persons, Stop);
        Assert.Equal(["2 {\"ID\":2,\"FirstName\":\"Bea\"}"], (await ReadAsync(source, reader)).Rows);
    }

    [Fact]
    public async Task Rights_TakenWhileReading_AreNamedWithTheirRemedy()
    {
        await RunScriptsAsync();
        await using var source = CreateSource(ReadMode.Function);
        await using var reader = await source.OpenAsync(Persons, Stop);

        await _server.RunAsync("REVOKE SELECT ON OBJECT::[dbo].[Persons] FROM [dstream];");
        var refused = await Assert.ThrowsAsync<TableNotReadyException>(async () => await ReadAsync(source, reader));
        Assert.Contains("GRANT SELECT ON OBJECT::[dbo].[Persons] TO [dstream];", refused.Remedy, StringComparison.Ordinal);
        await _server.RunAsync("GRANT SELECT ON OBJECT::[dbo].[Persons] TO [dstream];");

        Assert.Equal(2, (await ReadAsync(source, reader)).Rows.Count);
    }

    [Fact]
    public async Task Checkpoints_NoTableAndMayNotMakeIt_IsAPermissionError()
    {
        await _server.RunAsync("CREATE LOGIN [dstream] WITH PASSWORD = N'<a long random password>'; CREATE USER [dstream] FOR LOGIN [dstream];");

        var refused = await Assert.ThrowsAsync<ProviderException>(async () => await CreateStore().BeginEpochAsync(Source, "host/1", Stop));
        Assert.Contains("error 262", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.IsTransient);
        await _server.RunAsync("GRANT CREATE TABLE TO [dstream]; GRANT CREATE SCHEMA TO [dstream];");

        Assert.Equal(1, (await CreateStore().BeginEpochAsync(Source, "host/1", Stop)).Epoch);
    }

    private async Task RunScriptsAsync()
    {
        foreach (var name in new[] { "enable-cdc.sql", "checkpoints.sql", "grants.sql" }) await RunScriptAsync(name);
        await _server.RunAsync("INSERT INTO dbo.Persons VALUES (1, N'Ada'); UPDATE dbo.Persons SET FirstName = N'Ada L.';");
    }

    private async Task RunScriptAsync(string name)
    {
        await using var connection = new SqlConnection(_server.ConnectionString);
        await connection.OpenAsync(Stop);
        foreach (var batch in Script(name).ReplaceLineEndings("\n").Split("\nGO", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await using var command = new SqlCommand(batch, connection);
            await command.ExecuteNonQueryAsync(Stop);
        }
    }

    private static string Script(string name, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "deploy", "sql", name));

    private SqlServerChangeSource CreateSource(ReadMode mode, RecordingLogger? log = null) => new(
        new SqlServerSourceOptions { ConnectionString = ConnectionString, Tables = new TableReadOptions { ReadMode = mode } }, TimeProvider.System,
        log is null ? NullLogger<SqlServerChangeSource>.Instance : log);

    private SqlServerCheckpointStore CreateStore() => new(
        new SqlServerCheckpointOptions { ConnectionString = ConnectionString, CreateTable = true }, TimeProvider.System, NullLogger<SqlServerCheckpointStore>.Instance);

    private static async Task<(List<string> Rows, ChangePosition Next)> ReadAsync(SqlServerChangeSource source, ITableChangeReader reader)
    {
        var (rows, next) = await StandIn.ReadAllAsync(reader, ChangePosition.Before(reader.Table.LowLsn), await source.GetMaxLsnAsync(Stop));
        return (rows.ConvertAll(row => row.Text), next);
    }
}
