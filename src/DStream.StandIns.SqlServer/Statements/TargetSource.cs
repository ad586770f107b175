using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>
/// The table that a statement writes to, as it reads it: the newest rows, and a wait where another transaction holds one. Keeps
/// the slot of the current row in the frame. Runs under the gate.
/// </summary>
internal sealed class TargetSource(Table table, int state) : RowSource
{
    private readonly StoredTableSource _stored = new(table);

    public override IReadOnlyList<SourceColumn> Columns => _stored.Columns;

    public override IReadOnlyList<AccessPath> Paths => _stored.Paths;

    public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range)
    {
        var index = path?.Index ?? table.Clustered;
        var transaction = context.Session.Transaction!;
        if (table.Owner is { } owner && owner != transaction)
        {
            throw new LockConflictException(owner);
        }
        var (chunk, position) = index.Entries.Seek(range);
        while (index.Entries.Next(ref chunk, ref position) is { } entry && range.Position(index.Entries.Order, entry.Key) == 0)
        {
            var slot = entry.Slot;
            if (slot.Owner is { } other && other != transaction)
            {
                throw new LockConflictException(other);
            }
            if (slot.Latest(transaction) is { } row && (index == table.Clustered || index.Entries.Order.Compare(index.KeyOf(row), entry.Key) == 0))
            {
                frame!.States[state] = slot;
                yield return row;
            }
        }
    }
}
