using System.Collections.Concurrent;
using DStream.Core;

namespace DStream.Hosting;

/// <summary>The status of every table of this process. Thread-safe.</summary>
public sealed class TableStatusBoard
{
    private readonly ConcurrentDictionary<TableName, TableStatus> _tables = [];

    /// <summary>All tables, ordered by name.</summary>
    public IReadOnlyList<TableStatus> Tables => [.. _tables.Values.OrderBy(status => status.Table.ToString(), StringComparer.OrdinalIgnoreCase)];

    /// <summary>Sets a table's status and returns the one it had.</summary>
    public TableStatus? Set(TableStatus status)
    {
        _tables.TryGetValue(status.Table, out var previous);
        _tables[status.Table] = status;
        return previous;
    }
}
