using DStream.InMemory;

namespace DStream.Hosting;

/// <summary>What <c>type = "memory"</c> stands for. Hosts of one process that are given the same instance share queues, topics and leases.</summary>
public sealed class MemoryProviders(TimeProvider time)
{
    public InMemoryBroker Broker { get; } = new(time);

    public InMemoryLeaseProvider Leases { get; } = new(time);
}
