namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>
/// Available messages in the order of their sequence numbers. New messages come at the end, which costs nothing; messages given
/// back (abandoned, lock expired) go to where they were before, and are few.
/// </summary>
internal sealed class MessageList
{
    private static readonly Comparer<StoredMessage> BySequence =
        Comparer<StoredMessage>.Create(static (x, y) => x.SequenceNumber.CompareTo(y.SequenceNumber));

    private readonly Queue<StoredMessage> _arrived = new();
    private readonly SortedSet<StoredMessage> _returned = new(BySequence);

    public int Count => _arrived.Count + _returned.Count;

    /// <summary>The messages, in order.</summary>
    public IEnumerable<StoredMessage> InOrder => _returned.Count == 0 ? _arrived : _returned.Concat(_arrived).OrderBy(m => m.SequenceNumber);

    public void Append(StoredMessage message) => _arrived.Enqueue(message);

    public void Return(StoredMessage message) => _returned.Add(message);

    public bool TryTake(out StoredMessage message)
    {
        var hasArrived = _arrived.TryPeek(out var arrived);
        if (_returned.Count > 0)
        {
            var returned = _returned.Min!;
            if (!hasArrived || returned.SequenceNumber < arrived!.SequenceNumber)
            {
                _returned.Remove(returned);
                message = returned;
                return true;
            }
        }

        if (hasArrived) _arrived.Dequeue();
        message = arrived!;
        return hasArrived;
    }
}
