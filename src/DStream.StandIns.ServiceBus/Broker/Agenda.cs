namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>What is due later, by number. Guarded by the entity's lock.</summary>
internal sealed class Agenda<T>
    where T : class
{
    private readonly Dictionary<long, T> _items = [];
    private readonly PriorityQueue<long, (DateTimeOffset Due, long Number)> _order = new();

    public int Count => _items.Count;

    public IReadOnlyCollection<T> Items => _items.Values;

    /// <summary>When the next is due, or null; may be that of one taken back.</summary>
    public DateTimeOffset? Next => _order.TryPeek(out _, out var first) ? first.Due : null;

    public bool Contains(long number) => _items.ContainsKey(number);

    public void Add(long number, DateTimeOffset due, T item)
    {
        _items.Add(number, item);
        _order.Enqueue(number, (due, number));
    }

    // Its number stays in the order until its time, where it is passed over.
    public bool TryCancel(long number, out T? item) => _items.Remove(number, out item);

    public bool TryTakeDue(DateTimeOffset now, out T? item)
    {
        while (_order.TryPeek(out var number, out var first) && first.Due <= now)
        {
            _order.Dequeue();
            if (_items.Remove(number, out item)) return true;
        }

        item = null;
        return false;
    }
}
