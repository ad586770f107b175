namespace DStream.StandIns.Proxy.Faults;

/// <summary>Where in one direction of one connection the armed rules strike. Counts from when it first saw a rule.</summary>
internal sealed class FaultPlaces(ProxyFaults faults, Flow flow, Random random)
{
    private readonly Dictionary<ProxyFaultRule, long> _places = [];
    private long _passed;

    /// <summary>How many bytes may pass before a rule wants to be asked.</summary>
    public int BytesToNext()
    {
        var next = long.MaxValue;
        foreach (var rule in faults.Of(flow))
        {
            if (!_places.TryGetValue(rule, out var place)) _places[rule] = place = _passed + rule.Point.Draw(random);
            next = Math.Min(next, place - _passed);
        }
        return (int)Math.Min(next, int.MaxValue);
    }

    /// <summary>Counts bytes that passed; the fault that strikes here, if any.</summary>
    public ProxyFaultKind? Pass(int bytes)
    {
        _passed += bytes;
        foreach (var rule in faults.Of(flow))
        {
            if (!_places.TryGetValue(rule, out var place) || place > _passed) continue;
            _places[rule] = _passed + rule.Point.Draw(random);
            if (rule.TryFire()) return rule.Kind;
        }
        return null;
    }
}
