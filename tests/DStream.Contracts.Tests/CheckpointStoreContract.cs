using DStream.Core;

namespace DStream.Contracts.Tests;

/// <summary>What every <see cref="ICheckpointStore"/> must do (I2).</summary>
public abstract class CheckpointStoreContract : IAsyncLifetime
{
    private static readonly Lsn First = Lsn.Parse("0000003600000b200003");
    private static readonly Lsn Second = Lsn.Parse("0000003600000b200004");

    private ICheckpointStore Store { get; set; } = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Positions => ["end", "before", "command", "function", "max"];

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task LoadAsync_NeverBegun_ReturnsNull() => Assert.Null(await Store.LoadAsync(NewTable(), Stop));

    [Fact]
    public async Task BeginEpochAsync_NewTable_BeginsEpochOneWithoutPosition()
    {
        var checkpoint = await Store.BeginEpochAsync(NewTable(), "host/1", Stop);

        Assert.Equal(new Checkpoint(1, null), checkpoint);
    }

    [Fact]
    public async Task BeginEpochAsync_Again_RaisesEpochAndKeepsPosition()
    {
        var table = NewTable();
        var first = await Store.BeginEpochAsync(table, "host/1", Stop);
        await Store.SaveAsync(table, first.Epoch, ChangePosition.EndOf(First), Stop);

        var second = await Store.BeginEpochAsync(table, "host/2", Stop);

        Assert.Equal(new Checkpoint(first.Epoch + 1, ChangePosition.EndOf(First)), second);
    }

    [Fact]
    public async Task BeginEpochAsync_ManyAtOnce_GivesEachItsOwnEpoch()
    {
        var table = NewTable();

        var begun = await Task.WhenAll(Enumerable.Range(1, 8).Select(n => Store.BeginEpochAsync(table, $"host/{n}", Stop).AsTask()));

        Assert.Equal(Enumerable.Range(1, 8).Select(static n => (long)n), begun.Select(static checkpoint => checkpoint.Epoch).Order());
    }

    [Theory]
    [MemberData(nameof(Positions))]
    public async Task SaveAsync_AnyPosition_IsLoadedUnchanged(string kind)
    {
        var table = NewTable();
        var position = PositionOf(kind);
        var begun = await Store.BeginEpochAsync(table, "host/1", Stop);

        var saved = await Store.SaveAsync(table, begun.Epoch, position, Stop);

        Assert.Equal(CheckpointSave.Saved, saved);
        Assert.Equal(new Checkpoint(begun.Epoch, position), await Store.LoadAsync(table, Stop));
    }

    [Fact]
    public async Task SaveAsync_LaterPosition_Moves()
    {
        var table = NewTable();
        var begun = await Store.BeginEpochAsync(table, "host/1", Stop);
        ChangePosition[] ascending =
        [
            ChangePosition.Before(First), new(First, 1, First, ChangeOperation.Insert), new(First, 2, First, ChangeOperation.Delete),
            new(First, 2, Second, ChangeOperation.Delete), new(First, 2, Second, ChangeOperation.Insert), ChangePosition.EndOf(First),
            ChangePosition.Before(Second), new(Second, ChangePosition.NoCommandId, First, ChangeOperation.Insert), ChangePosition.EndOf(Second),
        ];

        foreach (var position in ascending)
            Assert.Equal(CheckpointSave.Saved, await Store.SaveAsync(table, begun.Epoch, position, Stop));

        Assert.Equal(ascending[^1], (await Store.LoadAsync(table, Stop))!.Position);
    }

    [Fact]
    public async Task SaveAsync_SameOrEarlierPosition_ChangesNothing()
    {
        var table = NewTable();
        var begun = await Store.BeginEpochAsync(table, "host/1", Stop);
        var position = new ChangePosition(Second, 2, First, ChangeOperation.Insert);
        await Store.SaveAsync(table, begun.Epoch, position, Stop);

        ChangePosition[] notLater = [position, position with { CommandId = 1 }, position with { Operation = ChangeOperation.Delete }, ChangePosition.EndOf(First)];
        foreach (var earlier in notLater)
            Assert.Equal(CheckpointSave.NotForward, await Store.SaveAsync(table, begun.Epoch, earlier, Stop));

        Assert.Equal(position, (await Store.LoadAsync(table, Stop))!.Position);
    }

    [Fact]
    public async Task SaveAsync_EarlierEpoch_IsStaleAndChangesNothing()
    {
        var table = NewTable();
        var old = await Store.BeginEpochAsync(table, "host/1", Stop);
        await Store.SaveAsync(table, old.Epoch, ChangePosition.EndOf(First), Stop);
        var current = await Store.BeginEpochAsync(table, "host/2", Stop);

        var saved = await Store.SaveAsync(table, old.Epoch, ChangePosition.EndOf(Second), Stop);

        Assert.Equal(CheckpointSave.StaleEpoch, saved);
        Assert.Equal(current, await Store.LoadAsync(table, Stop));
    }

    [Fact]
    public async Task SaveAsync_StaleEpochAndEarlierPosition_IsStale()
    {
        var table = NewTable();
        var old = await Store.BeginEpochAsync(table, "host/1", Stop);
        await Store.SaveAsync(table, old.Epoch, ChangePosition.EndOf(Second), Stop);
        await Store.BeginEpochAsync(table, "host/2", Stop);

        // Whoever is told NotForward goes on; whoever is stale must stop.
        Assert.Equal(CheckpointSave.StaleEpoch, await Store.SaveAsync(table, old.Epoch, ChangePosition.EndOf(First), Stop));
    }

    [Fact]
    public async Task SaveAsync_NeverBegun_IsStale()
    {
        var table = NewTable();

        Assert.Equal(CheckpointSave.StaleEpoch, await Store.SaveAsync(table, 1, ChangePosition.EndOf(First), Stop));
        Assert.Null((await Store.LoadAsync(table, Stop))?.Position);
    }

    [Fact]
    public async Task SaveAsync_OtherTable_IsNotTouched()
    {
        var (table, other) = (NewTable(), NewTable());
        var begun = await Store.BeginEpochAsync(table, "host/1", Stop);
        await Store.BeginEpochAsync(other, "host/1", Stop);

        await Store.SaveAsync(table, begun.Epoch, ChangePosition.EndOf(First), Stop);

        Assert.Equal(new Checkpoint(1, null), await Store.LoadAsync(other, Stop));
    }

    [Fact]
    public async Task LoadAsync_NamesThatNeedQuoting_AreTheirOwn()
    {
        SourceTable[] tables = [.. new[] { "a'b", "a]b", "a.b", "a b", "a\"b", "Ärger", "\U0001F600" }.Select(name => NewTable() with { Table = new("odd.schema]'", name) })];

        foreach (var (index, table) in tables.Index())
        {
            var begun = await Store.BeginEpochAsync(table, "host/1", Stop);
            await Store.SaveAsync(table, begun.Epoch, new ChangePosition(First, index, First, ChangeOperation.Insert), Stop);
        }

        foreach (var (index, table) in tables.Index())
            Assert.Equal(index, (await Store.LoadAsync(table, Stop))!.Position!.Value.CommandId);
    }

    [Fact]
    public async Task AnyMember_CancelledToken_Throws()
    {
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.BeginEpochAsync(NewTable(), "host/1", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.LoadAsync(NewTable(), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.SaveAsync(NewTable(), 1, ChangePosition.EndOf(First), cancelled));
    }

    /// <summary>Opens a store, which the test disposes of with this instance.</summary>
    protected abstract ValueTask<ICheckpointStore> OpenAsync();

    /// <summary>A table that the store has not seen; on the server and database that the store belongs to, where it belongs to one.</summary>
    protected virtual SourceTable NewTable() => new("server", "database", new TableName("dbo", "t" + Guid.NewGuid().ToString("N")));

    private static ChangePosition PositionOf(string kind) => kind switch
    {
        "end" => ChangePosition.EndOf(First),
        "before" => ChangePosition.Before(First),
        "command" => new ChangePosition(First, 7, Second, ChangeOperation.UpdateBefore),
        "function" => new ChangePosition(First, ChangePosition.NoCommandId, Second, ChangeOperation.UpdateAfter),
        _ => ChangePosition.EndOf(Lsn.Max),
    };
}
