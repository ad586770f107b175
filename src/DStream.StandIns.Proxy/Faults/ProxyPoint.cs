namespace DStream.StandIns.Proxy.Faults;

/// <summary>Where in a connection's life a fault can strike.</summary>
public sealed class ProxyPoint
{
    private readonly long _minBytes;
    private readonly long _maxBytes;

    private ProxyPoint(Flow? flow, long minBytes, long maxBytes) => (Flow, _minBytes, _maxBytes) = (flow, minBytes, maxBytes);

    /// <summary>A client was accepted; the server is not connected yet.</summary>
    public static ProxyPoint Connect { get; } = new(null, 0, 0);

    internal Flow? Flow { get; }

    /// <summary>After every so many bytes of a direction of a connection, counted from when the rule was armed.</summary>
    public static ProxyPoint AfterBytes(Flow flow, long bytes) => WithinBytes(flow, bytes, bytes);

    /// <summary>The same, with a random number of bytes between the two (inclusive), drawn anew each time.</summary>
    public static ProxyPoint WithinBytes(Flow flow, long minBytes, long maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, minBytes);
        return new ProxyPoint(flow, minBytes, maxBytes);
    }

    internal long Draw(Random random) => random.NextInt64(_minBytes, _maxBytes + 1);
}
