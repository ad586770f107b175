namespace DStream.InMemory;

/// <summary>Remembers MessageIds for a while. Used only under the broker's lock.</summary>
internal sealed class DuplicateWindow(TimeSpan window, TimeProvider time)
{
    private readonly HashSet<string> _known = [];
    private readonly Queue<(string Id, long Since)> _order = [];

    /// <summary>Whether the id is new; remembers it if so. A message without an id is always new.</summary>
    public bool TryAdd(string id)
    {
        if (window <= TimeSpan.Zero || id.Length == 0) return true;
        while (_order.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Since) >= window)
        {
            _known.Remove(oldest.Id);
            _order.Dequeue();
        }

        if (!_known.Add(id)) return false;
        _order.Enqueue((id, time.GetTimestamp()));
        return true;
    }
}
