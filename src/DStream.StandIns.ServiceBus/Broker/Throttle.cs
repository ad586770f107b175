namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>
/// Credits that all operations of a namespace share, new every second (service-bus-throttling): a message sent, delivered or peeked
/// costs one, an operation of the administration ten. Off until <see cref="CreditsPerSecond"/> is set. Thread-safe.
/// </summary>
public sealed class Throttle(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private int? _creditsPerSecond;
    private DateTimeOffset _windowEnd;
    private int _left;

    /// <summary>How many there are a second (1,000 in the standard tier), or null for no end. May change at any time.</summary>
    public int? CreditsPerSecond
    {
        get => _creditsPerSecond;
        set
        {
            lock (_gate)
            {
                _creditsPerSecond = value;
                _windowEnd = default;
            }
        }
    }

    /// <summary>Takes credits for a request.</summary>
    /// <exception cref="BrokerException">They are used up: <see cref="BrokerError.ServerBusy"/>.</exception>
    internal void Take(int credits)
    {
        if (_creditsPerSecond is null) return;

        lock (_gate)
        {
            OpenWindow();

            // A request that is larger than all there are in a second would never be served.
            if (_left < credits && _left < _creditsPerSecond)
                throw new BrokerException(BrokerError.ServerBusy,
                    "The request was terminated because the namespace stand-in is being throttled. Error code : 50009. Please wait 2 seconds and try again.");

            _left -= credits;
        }
    }

    /// <summary>Takes up to so many credits for deliveries, which wait instead of failing.</summary>
    /// <param name="wanted">At most so many.</param>
    /// <param name="wait">Where there are none: until when.</param>
    internal int TakeUpTo(int wanted, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (_creditsPerSecond is null) return wanted;

        lock (_gate)
        {
            OpenWindow();
            var taken = Math.Clamp(_left, 0, wanted);
            _left -= taken;
            if (taken == 0) wait = _windowEnd - time.GetUtcNow();
            return taken;
        }
    }

    /// <summary>Gives back credits that were not needed.</summary>
    internal void GiveBack(int credits)
    {
        if (_creditsPerSecond is null) return;

        lock (_gate) _left += credits;
    }

    private void OpenWindow()
    {
        var now = time.GetUtcNow();
        if (now < _windowEnd) return;

        _windowEnd = now + Window;
        _left = _creditsPerSecond ?? int.MaxValue;
    }
}
