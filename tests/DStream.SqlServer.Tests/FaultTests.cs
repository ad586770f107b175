using DStream.Core;
using DStream.StandIns.SqlServer;
using DStream.StandIns.SqlServer.Faults;
using DStream.StandIns.SqlServer.Types;

namespace DStream.SqlServer.Tests;

/// <summary>A server that fails, refuses, or says nothing.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const string Page = "ORDER BY ct.";
    private static readonly TableName Table = new("dbo", "t");
    private static readonly PageLimits Limits = new(10_000, int.MaxValue);
    private ScriptedServer _server = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private FaultRules Faults => _server.Listener.Faults;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.StartAsync(new ScriptedEngine(
        [new SqlColumn("id", new SqlType(SqlKind.Int), IsNullable: false), new SqlColumn("c", new SqlType(SqlKind.NVarChar, 400))],
        [.. Enumerable.Range(0, 2000).Select(i => new ScriptedRow(2, [3], i, new string('x', 100)))]));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task ReadAsync_ConnectionResetInAPage_IsTransient()
    {
        var fault = Faults.On(FaultPoint.AfterRows(1000)).CloseRst();

        Assert.True((await FailToReadAsync()).IsTransient);
        Assert.Equal(1, fault.Fired);
    }

    [Fact]
    public async Task ReadAsync_ConnectionClosedInAPacket_IsTransient()
    {
        var fault = Faults.On(FaultPoint.Request(Page)).CutAfterBytes(100_000);

        Assert.True((await FailToReadAsync()).IsTransient);
        Assert.Equal(1, fault.Fired);
    }

    [Theory]
    [InlineData(1205, 13, true)]
    [InlineData(40613, 20, true)]
    [InlineData(8115, 16, false)]
    public async Task ReadAsync_ErrorOfTheServer_IsClassified(int number, byte severity, bool transient)
    {
        Faults.On(FaultPoint.Request(Page)).Error(number, severity);

        var error = await FailToReadAsync();

        Assert.Equal(transient, error.IsTransient);
        Assert.Contains($"error {number}", error.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1/TestDB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_ErrorAfterSomeRows_DiscardsThePage()
    {
        Faults.On(FaultPoint.AfterRows(500)).Error(1205, 13);

        Assert.True((await FailToReadAsync()).IsTransient);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_CancelledWhileTheServerIsSilent_Ends(bool ignoreAttention)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await using var source = _server.Source(new TableReadOptions(), "");
        await using var reader = await source.OpenAsync(Table, Stop);
        var fault = Faults.On(FaultPoint.Request(Page)).Hang(ignoreAttention);

        var reading = ReadAsync(reader, cancel.Token);
        await fault.FirstFiring.WaitAsync(Stop);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Stop));
        Assert.Equal(2000, await ReadAsync(reader, Stop)); // and the pool has no broken connection
    }

    // Where the silence begins inside of a row, a getter of the client blocks and notices neither a token nor the end of its connection.
    [Theory]
    [InlineData(997)]
    [InlineData(1000)]
    [InlineData(1003)]
    [InlineData(1300)]
    public async Task ReadAsync_SilentInThePage_EndsWhenCancelled(int rows)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await using var source = _server.Source(new TableReadOptions(), timeout: TimeSpan.FromMinutes(3));
        await using var reader = await source.OpenAsync(Table, Stop);
        var fault = Faults.On(FaultPoint.AfterRows(rows)).Hang(ignoreAttention: true);

        var reading = ReadAsync(reader, cancel.Token);
        await fault.FirstFiring.WaitAsync(Stop);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromMinutes(1), Stop));
        Assert.Equal(2000, await ReadAsync(reader, Stop));
    }

    [Fact]
    public async Task GetMaxLsnAsync_SilentServer_EndsByTheTimeout()
    {
        await using var source = _server.Source(new TableReadOptions(), timeout: TimeSpan.FromSeconds(1));
        Faults.On(FaultPoint.AnyRequest).Hang();

        var error = await Assert.ThrowsAsync<ProviderException>(async () => await source.GetMaxLsnAsync(Stop));

        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task GetMaxLsnAsync_ServerDown_IsTransient()
    {
        await using var source = _server.Source(new TableReadOptions(), ";Pooling=false;Connect Timeout=1");
        await _server.Listener.StopAcceptingAsync();

        var error = await Assert.ThrowsAsync<ProviderException>(async () => await source.GetMaxLsnAsync(Stop));

        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task GetMaxLsnAsync_WrongPassword_IsFinalAndKeepsTheSecret()
    {
        var options = new SqlServerListenerOptions { Logins = new Dictionary<string, string> { ["reader"] = "another" } };
        await using var server = await ScriptedServer.StartAsync(new ScriptedEngine([], []), options);
        await using var source = server.Source(new TableReadOptions());

        var error = await Assert.ThrowsAsync<ProviderException>(async () => await source.GetMaxLsnAsync(Stop));

        Assert.False(error.IsTransient);
        Assert.Contains("18456", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetMaxLsnAsync_PoolExhausted_IsTransientAndSaysSo()
    {
        await using var source = _server.Source(new TableReadOptions(), ";Max Pool Size=1;Connect Timeout=1");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var fault = Faults.On(FaultPoint.AnyRequest).Hang();
        var first = source.GetMaxLsnAsync(cancel.Token).AsTask();
        await fault.FirstFiring.WaitAsync(Stop);

        var error = await Assert.ThrowsAsync<ProviderException>(async () => await source.GetMaxLsnAsync(Stop));

        Assert.True(error.IsTransient);
        Assert.Contains("Max Pool Size", error.Message, StringComparison.Ordinal);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task OpenAsync_ChangeTableDenied_ReadsThroughTheFunction()
    {
        await using var source = _server.Source(new TableReadOptions());
        Faults.On(FaultPoint.Request("TOP (0) ct.")).Error(229, 14);

        await using var reader = await source.OpenAsync(Table, Stop);

        Assert.True(reader.Table.FunctionOrder);
        Assert.Equal(2000, await ReadAsync(reader, Stop));
    }

    [Fact]
    public async Task OpenAsync_ChangeTableDeniedButAskedFor_NamesTheGrant()
    {
        Faults.On(FaultPoint.Request("TOP (0) ct.")).Error(229, 14);

        var error = await FailToOpenAsync(ReadMode.ChangeTable);

        Assert.Contains("GRANT SELECT ON OBJECT::[cdc].[dbo_t_CT] TO [reader];", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_NothingMayBeRead_NamesTheGrantsOfTheFunction()
    {
        Faults.On(FaultPoint.Request("TOP (0) ct.")).Error(229, 14);
        Faults.On(FaultPoint.Request("TOP (1) f.")).Error(229, 14);

        var error = await FailToOpenAsync(ReadMode.Auto);

        Assert.Contains("GRANT SELECT ON OBJECT::[cdc].[fn_cdc_get_all_changes_dbo_t] TO [reader];", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_MetadataDenied_NamesTheGrant()
    {
        Faults.On(FaultPoint.Request("cdc.change_tables")).Error(229, 14);

        var error = await FailToOpenAsync(ReadMode.Auto);

        Assert.Contains("GRANT SELECT ON SCHEMA::[cdc] TO [reader];", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_PermissionTakenAway_NamesTheGrants()
    {
        await using var source = _server.Source(new TableReadOptions());
        await using var reader = await source.OpenAsync(Table, Stop);
        Faults.On(FaultPoint.Request(Page)).Error(229, 14);

        var error = await Assert.ThrowsAsync<TableNotReadyException>(() => ReadAsync(reader, Stop));

        Assert.Contains("GRANT SELECT", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_PageFullOfBytes_EndsEarlyAndLeavesTheConnectionUsable()
    {
        await using var source = _server.Source(new TableReadOptions(), ";Max Pool Size=1;Connect Timeout=5");
        await using var reader = await source.OpenAsync(Table, Stop);

        for (var i = 0; i < 5; i++)
        {
            using var page = await reader.ReadAsync(ChangePosition.Before(ScriptedServer.One), ScriptedServer.One, new PageLimits(10_000, 1000), Stop);
            Assert.True(page.HasMore);
            Assert.InRange(page.DataBytes, 1000, 1200);
            Assert.Equal(page.Events.Span[^1].Position, page.Next);
        }

        Assert.Equal(1, _server.Listener.ConnectionCount);
    }

    private static async Task<int> ReadAsync(ITableChangeReader reader, CancellationToken cancellationToken)
    {
        using var page = await reader.ReadAsync(ChangePosition.Before(ScriptedServer.One), ScriptedServer.One, Limits, cancellationToken);
        return page.Events.Length;
    }

    private async Task<ProviderException> FailToReadAsync()
    {
        await using var source = _server.Source(new TableReadOptions());
        await using var reader = await source.OpenAsync(Table, Stop);
        return await Assert.ThrowsAsync<ProviderException>(() => ReadAsync(reader, Stop));
    }

    private async Task<TableNotReadyException> FailToOpenAsync(ReadMode mode)
    {
        await using var source = _server.Source(new TableReadOptions { ReadMode = mode });
        return await Assert.ThrowsAsync<TableNotReadyException>(async () => await source.OpenAsync(Table, Stop));
    }
}
