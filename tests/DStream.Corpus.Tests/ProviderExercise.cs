using DStream.Core;
using DStream.SqlServer;
using DStream.StandIns.SqlServer.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.Corpus.Tests;

/// <summary>Makes the provider do all that it can do, so that it sends all that it can send.</summary>
internal sealed class ProviderExercise(TestSqlServer server, CancellationToken cancellationToken)
{
    private static readonly TableName Persons = new("dbo", "Persons");
    private static readonly TableName Orders = new("dbo", "Orders");

    public async Task RunAsync()
    {
        foreach (var mode in Enum.GetValues<ReadMode>())
        foreach (var images in Enum.GetValues<UpdateImages>())
        foreach (var mayReadTimes in new[] { true, false })
            await ReadAsync(new TableReadOptions { ReadMode = mode, UpdateImages = images }, mayReadTimes);
        await ReadBelowTheLowEndAsync();
        await FindAsync();
        await CheckpointAsync();
    }

    private SqlServerChangeSource Source(TableReadOptions options) => new(
        new SqlServerSourceOptions { ConnectionString = server.ConnectionString, Tables = options }, TimeProvider.System, NullLogger<SqlServerChangeSource>.Instance);

    private async Task ReadAsync(TableReadOptions options, bool mayReadTimes)
    {
        await using var source = Source(options);
        if (!mayReadTimes) server.StandIn.Faults.On(FaultPoint.Request("SELECT TOP (0) m.[tran_end_time]")).Error(229, severity: 14);
        await using var reader = await source.OpenAsync(Persons, cancellationToken);
        var upTo = await source.GetMaxLsnAsync(cancellationToken);
        var position = ChangePosition.Before(reader.Table.LowLsn);

        // Few rows: pages end between transactions and inside of them.
        for (var hasMore = true; hasMore;)
        {
            using var page = await reader.ReadAsync(position, upTo, new PageLimits(2, int.MaxValue), cancellationToken);
            (position, hasMore) = (page.Next, page.HasMore);
        }

        // Few bytes: the page ends before its result does, and asks for the low end by itself.
        using var small = await reader.ReadAsync(ChangePosition.Before(reader.Table.LowLsn), upTo, new PageLimits(100, 1), cancellationToken);
    }

    private async Task ReadBelowTheLowEndAsync()
    {
        await using var source = Source(new TableReadOptions());
        await using var reader = await source.OpenAsync(Persons, cancellationToken);
        var upTo = await source.GetMaxLsnAsync(cancellationToken);
        await Assert.ThrowsAsync<ChangeDataLostException>(async () =>
            await reader.ReadAsync(ChangePosition.Before(Lsn.Zero.Next()), upTo, new PageLimits(10, int.MaxValue), cancellationToken));
    }

    private async Task FindAsync()
    {
        await using var source = Source(new TableReadOptions());
        await using var persons = await source.OpenAsync(Persons, cancellationToken);

        // Not opened, since that would send the same statements with another name in them.
        var orders = persons.Table with { Name = Orders, CaptureInstance = "dbo_Orders" };
        var position = ChangePosition.Before(persons.Table.LowLsn);
        Assert.Equal(2, (await source.FindChangedAsync([new(persons.Table, position), new(orders, position)], await source.GetMaxLsnAsync(cancellationToken), cancellationToken))!.Count);
    }

    private async Task CheckpointAsync()
    {
        var store = new SqlServerCheckpointStore(
            new SqlServerCheckpointOptions { ConnectionString = server.ConnectionString }, TimeProvider.System, NullLogger<SqlServerCheckpointStore>.Instance);
        var table = new SourceTable("server", server.Database, Persons);
        var begun = await store.BeginEpochAsync(table, "owner", cancellationToken);
        Assert.Equal(CheckpointSave.Saved, await store.SaveAsync(table, begun.Epoch, ChangePosition.EndOf(Lsn.Zero.Next()), cancellationToken));
        Assert.NotNull(await store.LoadAsync(table, cancellationToken));
    }
}
