namespace DStream.StandIns.SqlServer.Storage;

/// <summary>
/// A session's #tables, and the @tables of its running batches. A procedure has a level of its own: it sees the tables of its
/// callers, what it makes goes when it ends, and a name of its own hides the caller's.
/// </summary>
internal sealed class SessionTables
{
    private readonly List<Dictionary<string, Table>> _levels = [new(StringComparer.OrdinalIgnoreCase)];

    public Table this[string name]
    {
        set => _levels[^1][name] = value;
    }

    public IEnumerable<Table> All => _levels.SelectMany(level => level.Values);

    public void Push() => _levels.Add(new Dictionary<string, Table>(StringComparer.OrdinalIgnoreCase));

    public void Pop() => _levels.RemoveAt(_levels.Count - 1);

    public Table? GetValueOrDefault(string name)
    {
        for (var i = _levels.Count - 1; i >= 0; i--)
        {
            // A table variable belongs to the batch that declared it alone.
            if (_levels[i].TryGetValue(name, out var table))
            {
                return table;
            }
            if (name[0] == '@')
            {
                return null;
            }
        }
        return null;
    }

    public bool TryAdd(string name, Table table) => _levels[^1].TryAdd(name, table);

    public bool Remove(string name, out Table? table)
    {
        for (var i = _levels.Count - 1; i >= 0; i--)
        {
            if (_levels[i].Remove(name, out table))
            {
                return true;
            }
        }
        table = null;
        return false;
    }

    public bool Remove(string name) => Remove(name, out _);

    /// <summary>The batch is over: its table variables go.</summary>
    public void RemoveVariables()
    {
        foreach (var name in _levels[^1].Keys.Where(name => name[0] == '@').ToArray())
        {
            _levels[^1].Remove(name);
        }
    }

    public void Clear()
    {
        _levels.RemoveRange(1, _levels.Count - 1);
        _levels[0].Clear();
    }
}
