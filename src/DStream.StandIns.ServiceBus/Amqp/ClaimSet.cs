using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>The tokens a connection gave, by audience. Links live as long as a token covers them.</summary>
internal sealed class ClaimSet : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Dictionary<string, Claim> _claims = new(StringComparer.OrdinalIgnoreCase);

    public ClaimSet(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((ClaimSet)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised when a token ran out: links not covered by another must go.</summary>
    public event Action? Expired;

    public void Put(string audience, Claim claim)
    {
        lock (_gate)
        {
            _claims[audience] = claim;
            ArmTimer();
        }
    }

    public bool Covers(string path, AccessRights needed)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            foreach (var claim in _claims.Values)
                if (claim.Until > now && claim.Covers(path, needed)) return true;

            return false;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            foreach (var (audience, claim) in _claims.ToArray())
                if (claim.Until <= now) _claims.Remove(audience);

            ArmTimer();
        }

        Expired?.Invoke();
    }

    private void ArmTimer()
    {
        if (_claims.Count == 0) return;

        var wait = _claims.Values.Min(static claim => claim.Until) - _time.GetUtcNow();
        var longest = TimeSpan.FromDays(1);
        _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > longest ? longest : wait + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}
