using DStream.Core;

namespace DStream.Hosting;

/// <summary>The status of every table of this process. Thread-safe.</summary>
public sealed class TableStatusBoard
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TableName, TableStatus> _tables = [];

    /// <summary>All tables, ordered by name.</summary>
    public IReadOnlyList<TableStatus> Tables
    {
        get
        {
            lock (_gate) return [.. _tables.Values.OrderBy(status => status.Table.ToString(), StringComparer.OrdinalIgnoreCase)];
        }
    }

    /// <summary>Sets a table's status and returns the one it had.</summary>
    public TableStatus? Set(TableStatus status)
    {
        lock (_gate)
        {
            var previous = _tables.GetValueOrDefault(status.Table);
            _tables[status.Table] = status;
            return previous;
        }
    }
}
