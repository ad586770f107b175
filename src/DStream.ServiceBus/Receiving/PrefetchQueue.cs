namespace DStream.ServiceBus.Receiving;

/// <summary>
/// Messages that came ahead of the caller, and how many more the broker may send: bounded by count and, by the sizes seen so far, about by bytes
/// (I6). Thread-safe.
/// </summary>
internal sealed class PrefetchQueue(int maxMessages, int maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Queue<Delivered> _queue = new();
    private TaskCompletionSource? _waiter;
    private double _messageBytes = 1024;
    private int _credit;

    public void Add(Delivered delivered)
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            _queue.Enqueue(delivered);
            _credit--;
            // Large messages count at once, small ones slowly: the bound is there for the large.
            _messageBytes = Math.Max(delivered.Bare.Length, (0.9 * _messageBytes) + (0.1 * delivered.Bare.Length));
            waiter = _waiter;
            _waiter = null;
        }

        waiter?.TrySetResult();
    }

    /// <summary>Ends the wait of whoever waits, since something else happened.</summary>
    public void Wake()
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            waiter = _waiter;
            _waiter = null;
        }

        waiter?.TrySetResult();
    }

    /// <summary>Ends once there is a message or <see cref="Wake"/> is called.</summary>
    public Task ArrivalAsync()
    {
        lock (_lock)
        {
            if (_queue.Count > 0) return Task.CompletedTask;
            _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task;
        }
    }

    public void Take(int max, List<Delivered> into)
    {
        lock (_lock)
        {
            while (into.Count < max && _queue.TryDequeue(out var delivered)) into.Add(delivered);
        }
    }

    /// <summary>How many more the broker may send now; 0 while it is not worth a frame.</summary>
    public int TakeCredit()
    {
        lock (_lock)
        {
            var target = (int)Math.Clamp(maxBytes / _messageBytes, 1, maxMessages);
            var missing = target - _queue.Count - _credit;
            if (missing <= 0 || (missing < (target + 1) / 2 && _credit > 0)) return 0;
            _credit += missing;
            return missing;
        }
    }
}
