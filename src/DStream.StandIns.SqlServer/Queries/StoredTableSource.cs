using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>
/// A stored table as a query reads it. Where the statement has nobody to wait for, the rows stream: the versions committed when
/// it began, and the session's own writes. Where it has to take locks, a <see cref="LockedReader"/> reads.
/// </summary>
internal sealed class StoredTableSource : RowSource
{
    private const int FirstFetch = 16;
    private const int LargestFetch = 256;

    private readonly LockedReader? _locked;
    private readonly TableRead? _read;

    /// <param name="table">The table.</param>
    /// <param name="read">How it is read; null for a session's own tables, which nobody else locks.</param>
    public StoredTableSource(Table table, TableRead? read = null)
    {
        Table = table;
        _read = read;
        _locked = read is null ? null : new LockedReader(read);
        Columns = table.Columns.Select(c => new SourceColumn(c.Name, c.Type, c.IsNullable, c.IsIdentity)).ToArray();
        Paths = table.Indexes.Where(index => !index.IsHeap && index.Filter is null).Select(index => new AccessPath(index.Positions, index.IsUnique, index)).ToArray();
    }

    public Table Table { get; }

    public override IReadOnlyList<SourceColumn> Columns { get; }

    public override IReadOnlyList<AccessPath> Paths { get; }

    public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range)
    {
        var index = path?.Index ?? Table.Clustered;
        return context.IsLocking && _locked is not null ? _locked.Read(context, index, range).Select(found => found.Row) : Stream(context, index, range);
    }

    private IEnumerable<object?[]> Stream(BatchContext context, TableIndex index, KeyRange range)
    {
        var place = new IndexPlace(index, range);
        var isDirty = _read is not null && context.LevelOf(_read) == SqlIsolation.ReadUncommitted;
        var fetch = FirstFetch;
        var rows = new List<object?[]>(fetch);
        while (true)
        {
            rows.Clear();
            lock (context.Engine.Gate)
            {
                Fetch(context, index, range, place, rows, fetch, isDirty);
            }
            foreach (var row in rows)
            {
                yield return row;
            }
            if (place.IsAtEnd)
            {
                yield break;
            }
            fetch = Math.Min(fetch * 2, LargestFetch);
        }
    }

    private void Fetch(BatchContext context, TableIndex index, KeyRange range, IndexPlace place, List<object?[]> rows, int limit, bool isDirty)
    {
        var reader = context.Session.Transaction;
        var isClustered = index == Table.Clustered;
        while (rows.Count < limit && place.Next() is { } entry)
        {
            if (range.Position(index.Entries.Order, entry.Key) != 0)
            {
                place.End();
                return;
            }
            // An entry of a secondary index may belong to an older or to an uncommitted version of its row.
            if ((isDirty ? entry.Slot.Dirty : entry.Slot.Visible(reader, context.ReadSequence)) is { } row
                && (isClustered || index.Entries.Order.Compare(index.KeyOf(row), entry.Key) == 0))
            {
                rows.Add(row);
            }
        }
    }
}
