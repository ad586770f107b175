using DStream.Core;
using DStream.StandIns.SqlServer.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.SqlServer.Tests;

/// <summary>What the contract tests of checkpoints leave open: creation, races between owners, refusals.</summary>
public sealed class CheckpointTests : IAsyncLifetime
{
    private static readonly SourceTable Table = new("server", StandIn.Database, new TableName("dbo", "t"));
    private static readonly Lsn First = Lsn.Parse("0000003600000b200003");
    private StandIn _server = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await StandIn.StartAsync(enableCdc: false);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task BeginEpochAsync_ManyCreatorsAtOnce_AllSucceedWithEpochsOfTheirOwn()
    {
        var begun = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Store().BeginEpochAsync(Table, $"host/{i}", Stop).AsTask()));

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], begun.Select(checkpoint => checkpoint.Epoch).Order());
    }

    [Fact]
    public async Task LoadAsync_NoTable_IsNullAndCreatesNothing()
    {
        Assert.Null(await Store().LoadAsync(Table, Stop));

        var created = _server.Listener.Faults.On(FaultPoint.Request("CREATE TABLE")).Error(262, 14);
        await Assert.ThrowsAsync<ProviderException>(async () => await Store().BeginEpochAsync(Table, "host/1", Stop));
        Assert.Equal(1, created.Fired);
    }

    [Fact]
    public async Task SaveAsync_EveryOutcome_IsToldApart()
    {
        var store = Store();
        var old = await store.BeginEpochAsync(Table, "host/1", Stop);
        var position = new ChangePosition(First, 2, First, ChangeOperation.Insert);

        Assert.Equal(new Checkpoint(1, null), old);
        Assert.Equal(CheckpointSave.Saved, await store.SaveAsync(Table, 1, position, Stop));
        Assert.Equal(CheckpointSave.NotForward, await store.SaveAsync(Table, 1, position, Stop));
        Assert.Equal(CheckpointSave.Saved, await store.SaveAsync(Table, 1, position with { Operation = ChangeOperation.UpdateAfter }, Stop));
        Assert.Equal(CheckpointSave.Saved, await store.SaveAsync(Table, 1, ChangePosition.EndOf(First), Stop));
        Assert.Equal(new Checkpoint(2, ChangePosition.EndOf(First)), await store.BeginEpochAsync(Table, "host/2", Stop));
        Assert.Equal(CheckpointSave.StaleEpoch, await store.SaveAsync(Table, 1, ChangePosition.EndOf(First.Next()), Stop));
        Assert.Equal(CheckpointSave.StaleEpoch, await store.SaveAsync(Table with { Server = "another" }, 1, position, Stop));
        Assert.Equal(new Checkpoint(2, ChangePosition.EndOf(First)), await store.LoadAsync(Table, Stop));
    }

    // I2: whatever the interleaving, the position never goes back and a fenced owner never moves it.
    [Fact]
    public async Task SaveAsync_TwoOwnersRacing_NeverGoesBackAndFencesTheEarlier()
    {
        var store = Store();
        var old = await store.BeginEpochAsync(Table, "host/1", Stop);
        var stale = 0;
        var saving = Task.Run(async () =>
        {
            for (var lsn = First; stale == 0; lsn = lsn.Next())
            {
                if (await store.SaveAsync(Table, old.Epoch, ChangePosition.EndOf(lsn), Stop) == CheckpointSave.StaleEpoch) stale++;
            }
        }, Stop);
        while ((await store.LoadAsync(Table, Stop))?.Position is null) Stop.ThrowIfCancellationRequested();

        var begun = await Store().BeginEpochAsync(Table, "host/2", Stop);
        await saving.WaitAsync(Stop);

        Assert.Equal(begun, await store.LoadAsync(Table, Stop));
        Assert.Equal(1, stale);
    }

    [Theory]
    [InlineData("CREATE TABLE", 262)]
    [InlineData("CREATE TABLE", 2760)]
    [InlineData("CREATE SCHEMA", 2759)]
    public async Task BeginEpochAsync_MayNotCreate_PointsToTheScript(string statement, int number)
    {
        var fault = _server.Listener.Faults.On(FaultPoint.Request(statement)).Error(number, 14);

        var error = await Assert.ThrowsAsync<ProviderException>(async () => await Store().BeginEpochAsync(Table, "host/1", Stop));

        Assert.False(error.IsTransient);
        Assert.Contains("deploy/sql/checkpoints.sql", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, fault.Fired);
    }

    [Fact]
    public async Task SaveAsync_AcknowledgementLost_IsNotForwardTheSecondTime()
    {
        var store = Store();
        await store.BeginEpochAsync(Table, "host/1", Stop);
        _server.Listener.Faults.On(FaultPoint.Request("SET [start_lsn] = @lsn")).RunThenDrop();

        var error = await Assert.ThrowsAsync<ProviderException>(async () => await store.SaveAsync(Table, 1, ChangePosition.EndOf(First), Stop));

        Assert.True(error.IsTransient);
        Assert.Equal(CheckpointSave.NotForward, await store.SaveAsync(Table, 1, ChangePosition.EndOf(First), Stop));
    }

    [Fact]
    public async Task BeginEpochAsync_CreationForbidden_NamesTheScriptAndCreatesNothing()
    {
        var created = _server.Listener.Faults.On(FaultPoint.Request("CREATE TABLE")).Error(262, 14);

        var error = await Assert.ThrowsAsync<ProviderException>(async () => await Store(createTable: false).BeginEpochAsync(Table, "host/1", Stop));

        Assert.False(error.IsTransient);
        Assert.Contains("deploy/sql/checkpoints.sql", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, created.Fired);
    }

    private SqlServerCheckpointStore Store(bool createTable = true) => new(
        new SqlServerCheckpointOptions { ConnectionString = _server.ConnectionString, CreateTable = createTable },
        TimeProvider.System, NullLogger<SqlServerCheckpointStore>.Instance);
}
