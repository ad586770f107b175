namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>Calls back at the earliest of the times asked for, by the entity's clock. Guarded by the entity's lock.</summary>
internal sealed class Alarm : IDisposable
{
    // Timers have an upper bound; waking once a day for nothing costs nothing.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private DateTimeOffset _due = DateTimeOffset.MaxValue;
    private bool _isDisposed;

    public Alarm(TimeProvider time, Action onDue)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((Action)state!)(), onDue, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Set(DateTimeOffset due)
    {
        if (due >= _due || _isDisposed) return;

        _due = due;
        var wait = due - _time.GetUtcNow();

        // Rounded up to whole milliseconds, the timers' unit: a timer that fires early would find nothing due.
        var rounded = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Clamp(wait.TotalMilliseconds, 0, LongestWait.TotalMilliseconds)));
        _timer.Change(rounded, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called back: whoever still waits sets it again.</summary>
    public void Clear() => _due = DateTimeOffset.MaxValue;

    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
    }
}
