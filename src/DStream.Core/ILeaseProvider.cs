namespace DStream.Core;

/// <summary>Grants each name to one owner at a time, over all processes. Thread-safe.</summary>
public interface ILeaseProvider
{
    /// <summary>Takes the lease if it is free; null where somebody else has it.</summary>
    /// <exception cref="ProviderException">The store of leases failed.</exception>
    ValueTask<ILease?> TryAcquireAsync(string name, CancellationToken cancellationToken);
}
