namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>
/// The message ids of the last window. As in the service an id is remembered from its first acceptance on: a duplicate does not
/// lengthen its stay, and completing the message does not end it.
/// </summary>
internal sealed class DuplicateHistory(TimeSpan window)
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, DateTimeOffset Until)> _order = new();

    public TimeSpan Window { get; set; } = window;

    public int Count => _ids.Count;

    /// <summary>True where the id is new and is now remembered; a message without id is always new.</summary>
    public bool TryAdd(string? messageId, DateTimeOffset now)
    {
        while (_order.TryPeek(out var oldest) && oldest.Until <= now) _ids.Remove(_order.Dequeue().Id);
        if (string.IsNullOrEmpty(messageId)) return true;
        if (!_ids.Add(messageId)) return false;

        _order.Enqueue((messageId, now + Window));
        return true;
    }
}
