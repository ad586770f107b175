namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>Runs work at once, or late where a fault says so; what comes behind late work waits for it, so that order holds.</summary>
internal sealed class DelayLine(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<(TimeSpan Delay, Action Work)> _waiting = new();
    private ITimer? _timer;

    public void Run(Func<TimeSpan> nextDelay, Action work)
    {
        lock (_gate)
        {
            var delay = nextDelay();
            if (_timer is not null || delay > TimeSpan.Zero)
            {
                _waiting.Enqueue((delay, work));
                if (_timer is null) Start(delay);
                return;
            }
        }

        work();
    }

    private void Start(TimeSpan delay) =>
        _timer = time.CreateTimer(static state => ((DelayLine)state!).OnTimer(), this, delay, Timeout.InfiniteTimeSpan);

    private void OnTimer()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
            var due = true;
            while (_waiting.TryPeek(out var next))
            {
                if (!due && next.Delay > TimeSpan.Zero)
                {
                    Start(next.Delay);
                    return;
                }

                _waiting.Dequeue();
                due = false;
                next.Work();
            }
        }
    }
}
