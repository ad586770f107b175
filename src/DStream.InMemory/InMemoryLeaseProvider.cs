using DStream.Core;

namespace DStream.InMemory;

/// <summary>
/// Leases in this process, with the timing of real ones: each runs out unless it is renewed, at a third of its duration. All who share
/// a provider compete. Thread-safe; expiry and renewal go by the <see cref="TimeProvider"/>.
/// </summary>
public sealed class InMemoryLeaseProvider : ILeaseProvider
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, InMemoryLease> _leases = new(StringComparer.Ordinal);

    /// <summary>No lease is held.</summary>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="duration">How long a lease lasts unless renewed; null for 30 s.</param>
    public InMemoryLeaseProvider(TimeProvider? time = null, TimeSpan? duration = null)
    {
        Time = time ?? TimeProvider.System;
        Duration = duration ?? TimeSpan.FromSeconds(30);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Duration, TimeSpan.Zero, nameof(duration));
    }

    /// <summary>Injects failures; null for none.</summary>
    public FaultHook? Fault { get; set; }

    /// <summary>How long a lease lasts unless renewed.</summary>
    public TimeSpan Duration { get; }

    /// <summary>How long before its end an owner gives an unrenewed lease up: a tenth of the duration.</summary>
    public TimeSpan Margin => Duration / 10;

    internal TimeProvider Time { get; }

    /// <inheritdoc/>
    public ValueTask<ILease?> TryAcquireAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Fault?.Invoke(InMemoryOperation.Acquire, name) is { } failure) throw failure;
        lock (_lock)
        {
            if (_leases.TryGetValue(name, out var held) && !held.HasRunOut) return new((ILease?)null);
            var lease = new InMemoryLease(this, name);
            _leases[name] = lease;
            return new(lease);
        }
    }

    /// <summary>Who holds the lease now; null where nobody does.</summary>
    public ILease? HolderOf(string name)
    {
        lock (_lock) return _leases.TryGetValue(name, out var held) && !held.HasRunOut ? held : null;
    }

    /// <summary>Takes the lease away, as an administrator does who breaks it: its owner learns of it at once, and it is free. False where
    /// nobody held it.</summary>
    public bool Break(string name)
    {
        if (HolderOf(name) is not InMemoryLease held) return false;
        // I2: the owner learns of it before anybody else can have it.
        held.Lose();
        Release(held);
        return true;
    }

    /// <summary>Takes the lease away and holds it, as a second owner would whom the store favoured.</summary>
    public ILease Steal(string name)
    {
        (HolderOf(name) as InMemoryLease)?.Lose();
        lock (_lock) return _leases[name] = new InMemoryLease(this, name);
    }

    /// <summary>Makes every renewal of the lease's present owner fail, so that it runs out. False where nobody holds it.</summary>
    public bool StopRenewing(string name)
    {
        if (HolderOf(name) is not InMemoryLease held) return false;
        held.StopRenewing();
        return true;
    }

    internal bool IsHolder(InMemoryLease lease)
    {
        lock (_lock) return _leases.GetValueOrDefault(lease.Name) == lease;
    }

    internal void Release(InMemoryLease lease)
    {
        lock (_lock)
        {
            if (_leases.GetValueOrDefault(lease.Name) == lease) _leases.Remove(lease.Name);
        }
    }
}
