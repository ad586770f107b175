namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>
/// Available messages in the order of their sequence numbers, linked through the messages themselves. New messages come at the end;
/// messages given back (abandoned, lock expired) go to where they were before. Guarded by the entity's lock.
/// </summary>
internal sealed class MessageList
{
    private StoredMessage? _last;

    // Messages come back in order, many at once: the place of the last is next to that of the next.
    private StoredMessage? _returned;

    public int Count { get; private set; }

    public StoredMessage? First { get; private set; }

    /// <summary>The messages, in order. The list may not change meanwhile, but for the message in hand.</summary>
    public IEnumerable<StoredMessage> InOrder
    {
        get
        {
            for (var message = First; message is not null;)
            {
                var next = message.Next;
                yield return message;
                message = next;
            }
        }
    }

    public void Append(StoredMessage message) => InsertAfter(_last, message);

    public void Return(StoredMessage message)
    {
        var before = _returned;
        while (before is not null && before.SequenceNumber > message.SequenceNumber) before = before.Previous;
        for (var next = before is null ? First : before.Next; next is not null && next.SequenceNumber < message.SequenceNumber; next = next.Next) before = next;

        InsertAfter(before, message);
        _returned = message;
    }

    public void Remove(StoredMessage message)
    {
        if (message.Previous is null) First = message.Next;
        else message.Previous.Next = message.Next;
        if (message.Next is null) _last = message.Previous;
        else message.Next.Previous = message.Previous;
        if (_returned == message) _returned = message.Previous;
        message.Previous = message.Next = null;
        Count--;
    }

    public bool TryTake(out StoredMessage message)
    {
        message = First!;
        if (message is null) return false;

        Remove(message);
        return true;
    }

    private void InsertAfter(StoredMessage? before, StoredMessage message)
    {
        message.Previous = before;
        message.Next = before is null ? First : before.Next;
        if (before is null) First = message;
        else before.Next = message;
        if (message.Next is null) _last = message;
        else message.Next.Previous = message;
        Count++;
    }
}
