using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>
/// The table that a statement writes to, as it reads it: the newest rows, and a wait where another transaction holds one. Keeps
/// the slot of the current row in the frame. Runs under the gate.
/// </summary>
internal sealed class TargetSource(TableRead read, int state) : RowSource
{
    private readonly StoredTableSource _stored = new(read.Table);
    private readonly LockedReader _reader = new(read with { IsTarget = true });

    public override IReadOnlyList<SourceColumn> Columns => _stored.Columns;

    public override IReadOnlyList<AccessPath> Paths => _stored.Paths;

    public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range)
    {
        foreach (var (slot, row) in _reader.Read(context, path?.Index ?? read.Table.Clustered, range))
        {
            frame!.States[state] = slot;
            yield return row;
        }
    }
}
