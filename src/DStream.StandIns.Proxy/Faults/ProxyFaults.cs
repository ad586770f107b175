using System.Collections.Immutable;

namespace DStream.StandIns.Proxy.Faults;

/// <summary>The faults of a proxy. Of several that are due in the same place the first armed one acts. Thread-safe.</summary>
public sealed class ProxyFaults
{
    private ImmutableArray<ProxyFaultRule> _armed = [];

    /// <summary>Begins a rule; it is armed once it is told what to do.</summary>
    public ProxyFaultRule On(ProxyPoint point) => new(this, point);

    /// <summary>Disarms all rules; their counts stay.</summary>
    public void Clear() => ImmutableInterlocked.Update(ref _armed, static _ => []);

    internal void Arm(ProxyFaultRule rule) => ImmutableInterlocked.Update(ref _armed, static (armed, added) => armed.Add(added), rule);

    internal ProxyFaultKind? AtConnect()
    {
        foreach (var rule in _armed)
            if (rule.Point.Flow is null && rule.TryFire()) return rule.Kind;
        return null;
    }

    internal IEnumerable<ProxyFaultRule> Of(Flow flow) => _armed.IsEmpty ? [] : _armed.Where(rule => rule.Point.Flow == flow);
}
