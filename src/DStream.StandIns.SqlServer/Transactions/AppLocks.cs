namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>The application locks of a database, by principal and resource. Guarded by the engine's gate.</summary>
internal sealed class AppLocks
{
    private readonly Dictionary<(string Principal, string Resource), AppLock> _locks = [];

    public IEnumerable<(string Principal, string Resource, AppLockHold Hold)> Holds =>
        _locks.SelectMany(entry => entry.Value.Holds.Select(hold => (entry.Key.Principal, entry.Key.Resource, hold)));

    public AppLock Of(string principal, string resource)
    {
        if (!_locks.TryGetValue((principal, resource), out var found))
        {
            _locks[(principal, resource)] = found = new AppLock();
        }
        return found;
    }

    public AppLock? Find(string principal, string resource) => _locks.GetValueOrDefault((principal, resource));

    /// <summary>Lets go of what a predicate names; resources without holders are forgotten.</summary>
    public void Release(Predicate<AppLockHold> which)
    {
        if (_locks.Count == 0)
        {
            return;
        }
        foreach (var (key, held) in _locks.ToArray())
        {
            if (held.Holds.RemoveAll(which) > 0)
            {
                held.Signal();
            }
            if (held.Holds.Count == 0)
            {
                _locks.Remove(key);
            }
        }
    }
}
