namespace DStream.StandIns.Proxy;

/// <summary>How a <see cref="TcpProxy"/> works.</summary>
public sealed record TcpProxyOptions
{
    /// <summary>The port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Seeds piece sizes, jitter and the places of random faults: the same seed, connection by connection, does the same.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>What a connection holds at most, in each direction: beyond that the sender is not read from.</summary>
    public int BufferBytes { get; init; } = 64 * 1024;

    /// <summary>Connections above this number are reset at once.</summary>
    public int MaxConnections { get; init; } = 1000;
}
