using System.Text.Json;
using DStream.Core;
using DStream.InMemory;

namespace DStream.Contracts.Tests.InMemory;

/// <summary>Plays the statements of a test as SQL Server logs them.</summary>
public sealed class InMemoryChangeSourceFixture : IChangeSourceFixture
{
    private readonly InMemoryChangeSource _source = new();
    private readonly Dictionary<TableName, Dictionary<int, string>> _rows = [];

    public IChangeSource Open(bool functionOrder, UpdateImages images)
    {
        _source.FunctionOrder = functionOrder;
        _source.UpdateImages = images;
        return _source;
    }

    public Task<TableName> CreateTableAsync(bool captured, CancellationToken cancellationToken)
    {
        var table = new TableName("dbo", "t" + Guid.NewGuid().ToString("N"));
        _rows.Add(table, []);
        if (captured) _source.AddTable(table, ["Id", "Name"], ["Id"]);
        return Task.FromResult(table);
    }

    public Task CommitAsync(TableName table, CancellationToken cancellationToken, params RowChange[] changes)
    {
        _source.Commit(changes.SelectMany((change, index) => Logged(table, change, index)).ToList());
        return Task.CompletedTask;
    }

    public Task CleanUpAsync(TableName table, Lsn low, CancellationToken cancellationToken)
    {
        _source.Cleanup(table, low);
        return Task.CompletedTask;
    }

    public Task StopCaptureAsync(TableName table, CancellationToken cancellationToken)
    {
        _source.RemoveTable(table);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private InMemoryChange[] Logged(TableName table, RowChange change, int statement)
    {
        var rows = _rows[table];
        InMemoryChange Row(ChangeOperation operation, int id, string name, int command, int record) =>
            new(table, operation, $$"""{"Id":{{id}},"Name":{{JsonSerializer.Serialize(name)}}}""") { CommandId = (10 * statement) + command, Record = (10 * statement) + record };

        switch (change)
        {
            case RowChange.Insert(var id, var name):
                rows.Add(id, name);
                return [Row(ChangeOperation.Insert, id, name, 1, 1)];
            case RowChange.Update(var id, var name):
                var old = rows[id];
                rows[id] = name;
                return [Row(ChangeOperation.UpdateBefore, id, old, 1, 1), Row(ChangeOperation.UpdateAfter, id, name, 1, 1)];
            case RowChange.Delete(var id):
                rows.Remove(id, out var gone);
                return [Row(ChangeOperation.Delete, id, gone!, 1, 1)];
            case RowChange.SwapIds(var first, var second):
                // All deletes before all inserts; a row's pair shares the log record.
                var (a, b) = (rows[first], rows[second]);
                (rows[first], rows[second]) = (b, a);
                return
                [
                    Row(ChangeOperation.Delete, first, a, 1, 1), Row(ChangeOperation.Delete, second, b, 2, 2),
                    Row(ChangeOperation.Insert, second, a, 3, 1), Row(ChangeOperation.Insert, first, b, 4, 2),
                ];
            default:
                throw new ArgumentException($"Unknown change {change}.", nameof(change));
        }
    }
}
