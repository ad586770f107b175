using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>A stored table as a query reads it: the versions committed when the statement began, and the session's own writes.</summary>
internal sealed class StoredTableSource : RowSource
{
    private const int FirstFetch = 16;
    private const int LargestFetch = 256;

    public StoredTableSource(Table table)
    {
        Table = table;
        Columns = table.Columns.Select(c => new SourceColumn(c.Name, c.Type, c.IsNullable, c.IsIdentity)).ToArray();
        Paths = table.Indexes.Where(index => !index.IsHeap).Select(index => new AccessPath(index.Positions, index.IsUnique, index)).ToArray();
    }

    public Table Table { get; }

    public override IReadOnlyList<SourceColumn> Columns { get; }

    public override IReadOnlyList<AccessPath> Paths { get; }

    public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range)
    {
        var index = path?.Index ?? Table.Clustered;
        var place = new Place(index, range);
        var fetch = FirstFetch;
        var rows = new List<object?[]>(fetch);
        while (true)
        {
            rows.Clear();
            lock (context.Engine.Gate)
            {
                Fetch(context, index, range, place, rows, fetch);
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

    private void Fetch(BatchContext context, TableIndex index, KeyRange range, Place place, List<object?[]> rows, int limit)
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
            if (entry.Slot.Visible(reader, context.ReadSequence) is { } row
                && (isClustered || index.Entries.Order.Compare(index.KeyOf(row), entry.Key) == 0))
            {
                rows.Add(row);
            }
        }
    }

    /// <summary>A position in an index that survives changes of it.</summary>
    private sealed class Place(TableIndex index, KeyRange range)
    {
        private (int Chunk, int Index) _at;
        private long _stamp = -1;
        private IndexEntry? _last;

        public bool IsAtEnd { get; private set; }

        public void End() => IsAtEnd = true;

        public IndexEntry? Next()
        {
            if (_stamp != index.Entries.Stamp)
            {
                _at = _last is null ? index.Entries.Seek(range) : index.Entries.After(_last.Key, _last.Slot.Id);
                _stamp = index.Entries.Stamp;
            }
            var (chunk, position) = _at;
            var next = index.Entries.Next(ref chunk, ref position);
            _at = (chunk, position);
            IsAtEnd = next is null;
            _last = next ?? _last;
            return next;
        }
    }
}
