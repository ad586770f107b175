namespace DStream.Core;

/// <summary>A lease that is held and renews itself. Disposing releases it, so that a standby can take it at once.</summary>
public interface ILease : IAsyncDisposable
{
    /// <summary>What is leased.</summary>
    string Name { get; }

    /// <summary>
    /// Whether the lease is certainly still ours, reckoned by the monotonic clock from before the last renewal request that succeeded.
    /// Ask before each step that only an owner may do: a process that was suspended sees this before its timers run (I2).
    /// </summary>
    bool IsHeld { get; }

    /// <summary>Cancelled before the lease can have a new owner: when it is about to run out unrenewed, or was lost or broken (I2).</summary>
    CancellationToken Lost { get; }
}
