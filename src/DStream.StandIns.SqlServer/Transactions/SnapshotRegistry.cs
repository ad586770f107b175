namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>The commit numbers that running statements read at: older versions of rows live as long as one may ask for them.</summary>
internal sealed class SnapshotRegistry
{
    private readonly SortedDictionary<long, int> _active = [];

    public bool IsEmpty => _active.Count == 0;

    public long Oldest => _active.Count == 0 ? long.MaxValue : _active.First().Key;

    public void Acquire(long sequence) => _active[sequence] = _active.GetValueOrDefault(sequence) + 1;

    public void Release(long sequence)
    {
        if (_active[sequence] == 1)
        {
            _active.Remove(sequence);
        }
        else
        {
            _active[sequence]--;
        }
    }
}
