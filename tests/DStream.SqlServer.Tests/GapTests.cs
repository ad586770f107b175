using DStream.Core;
using DStream.StandIns.SqlServer.Faults;
using Microsoft.Extensions.Time.Testing;

namespace DStream.SqlServer.Tests;

/// <summary>I3: a position below the low end is an error with its bounds, never a silent jump.</summary>
public sealed class GapTests
{
    private static readonly TableName Table = new("dbo", "t");

    public static TheoryData<ReadMode> Modes => [.. Enum.GetValues<ReadMode>()];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task ReadAsync_CleanedUpPastThePosition_IsAGapWithItsBounds(ReadMode mode)
    {
        await using var server = await StandIn.StartAsync();
        await server.CreateTableAsync();
        await server.RunAsync("INSERT INTO dbo.t VALUES (1, N'a'); INSERT INTO dbo.t VALUES (2, N'b'); INSERT INTO dbo.t VALUES (3, N'c');");
        await using var source = server.Source(mode);
        await using var reader = await source.OpenAsync(Table, Stop);
        var upTo = await source.GetMaxLsnAsync(Stop);
        var (rows, _) = await StandIn.ReadAllAsync(reader, ChangePosition.Before(reader.Table.LowLsn), upTo);
        var position = ChangePosition.EndOf(rows[0].Position.StartLsn);

        CleanUp(server, rows[2].Position.StartLsn);

        var gap = await Assert.ThrowsAsync<ChangeDataLostException>(() => StandIn.ReadAllAsync(reader, position, upTo));
        Assert.Equal((Table, position, rows[2].Position.StartLsn), (gap.Table, gap.Position, gap.LowLsn));
        Assert.Contains(Table, (await source.FindChangedAsync([new(reader.Table, position)], upTo, Stop))!);
        Assert.Single((await StandIn.ReadAllAsync(reader, ChangePosition.Before(rows[2].Position.StartLsn), upTo)).Rows);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task ReadAsync_CleanupWhileThePageIsRead_DiscardsThePage(ReadMode mode)
    {
        var time = new FakeTimeProvider();
        await using var server = await StandIn.StartAsync(wireTime: time);
        await server.CreateTableAsync();
        await server.RunAsync("INSERT INTO dbo.t SELECT value, N'a' FROM GENERATE_SERIES(1, 5000);");
        await using var source = server.Source(mode);
        await using var reader = await source.OpenAsync(Table, Stop);
        var upTo = await source.GetMaxLsnAsync(Stop);
        var fault = server.Listener.Faults.On(FaultPoint.AfterRows(10, text => text.Contains("ORDER BY ct.", StringComparison.Ordinal))).Delay(TimeSpan.FromMinutes(1));

        var reading = StandIn.ReadAllAsync(reader, ChangePosition.Before(reader.Table.LowLsn), upTo, pageRows: 10_000);
        await fault.FirstFiring.WaitAsync(Stop);
        CleanUp(server, upTo);
        while (!reading.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(2));
            await Task.Yield();
        }

        var gap = await Assert.ThrowsAsync<ChangeDataLostException>(() => reading);
        Assert.Equal(upTo, gap.LowLsn);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task ReadAsync_InstanceDropped_SaysWhatToRun(ReadMode mode)
    {
        await using var server = await StandIn.StartAsync();
        await server.CreateTableAsync();
        await server.RunAsync("INSERT INTO dbo.t VALUES (1, N'a');");
        await using var source = server.Source(mode);
        await using var reader = await source.OpenAsync(Table, Stop);
        var upTo = await source.GetMaxLsnAsync(Stop);

        await server.RunAsync("EXEC sys.sp_cdc_disable_table @source_schema = N'dbo', @source_name = N't', @capture_instance = N'all';");

        var error = await Assert.ThrowsAsync<TableNotReadyException>(() => StandIn.ReadAllAsync(reader, ChangePosition.Before(reader.Table.LowLsn), upTo));
        Assert.Contains("sp_cdc_enable_table", error.Remedy, StringComparison.Ordinal);
        Assert.Contains(Table, (await source.FindChangedAsync([new(reader.Table, ChangePosition.EndOf(upTo))], upTo, Stop))!);
    }

    [Fact]
    public async Task ReadAsync_InstanceMadeAnewWithOtherColumns_AsksToBeOpenedAgain()
    {
        await using var server = await StandIn.StartAsync();
        await server.CreateTableAsync();
        await using var source = server.Source(ReadMode.ChangeTable);
        await using var reader = await source.OpenAsync(Table, Stop);
        await server.RunAsync("""
            EXEC sys.sp_cdc_disable_table @source_schema = N'dbo', @source_name = N't', @capture_instance = N'all';
            EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N't', @role_name = NULL, @captured_column_list = N'id';
            """);
        await server.RunAsync("INSERT INTO dbo.t VALUES (1, N'a');");
        await using var again = await source.OpenAsync(Table, Stop);

        await Assert.ThrowsAsync<TableNotReadyException>(async () =>
            await StandIn.ReadAllAsync(reader, ChangePosition.Before(again.Table.LowLsn), await source.GetMaxLsnAsync(Stop)));
        Assert.Equal(["id"], again.Table.Columns);
    }

    [Fact]
    public async Task FindChangedAsync_CleanupAfterTheLowEndsWereRead_DoesNotCallTheTableQuiet()
    {
        var time = new FakeTimeProvider();
        await using var server = await StandIn.StartAsync(wireTime: time);
        await server.CreateTableAsync();
        await server.RunAsync("INSERT INTO dbo.t VALUES (1, N'a');");
        await using var source = server.Source(ReadMode.Auto);
        await using var reader = await source.OpenAsync(Table, Stop);
        var upTo = await source.GetMaxLsnAsync(Stop);
        await server.RunAsync("INSERT INTO dbo.t VALUES (2, N'b');");
        var low = await source.GetMaxLsnAsync(Stop);
        var fault = server.Listener.Faults.On(FaultPoint.Request("WHERE EXISTS")).Delay(TimeSpan.FromMinutes(1));

        var finding = source.FindChangedAsync([new(reader.Table, ChangePosition.Before(reader.Table.LowLsn))], upTo, Stop).AsTask();
        await fault.FirstFiring.WaitAsync(Stop);
        CleanUp(server, low);
        while (!finding.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(2));
            await Task.Yield();
        }

        Assert.Contains(Table, (await finding)!);
    }

    private static void CleanUp(StandIn server, Lsn low) => server.Engine.CleanUp(StandIn.Database, DStream.StandIns.SqlServer.Cdc.Lsn.From(low.ToBytes()));
}
