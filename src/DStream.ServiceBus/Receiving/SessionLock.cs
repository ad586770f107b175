using DStream.Core;
using DStream.ServiceBus.Connections;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus.Receiving;

/// <summary>
/// Renews the lock of a session at half of its time, at most every 30 s. The service's clock and ours may differ, so that only the service's
/// answer, or silence until the lock's end, means that it is lost.
/// </summary>
internal sealed class SessionLock(
    ManagementLinks management, string queue, string sessionId, string linkName, DateTimeOffset lockedUntil, TimeProvider time, ILogger logger,
    Action<ProviderException> onLost)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private DateTimeOffset _lockedUntil = lockedUntil;

    /// <summary>Runs until the lock is lost or the token ends it; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var failed = false;
            while (true)
            {
                await Task.Delay(failed ? Shortest : Pause(_lockedUntil - time.GetUtcNow()), time, cancellationToken).ConfigureAwait(false);
                failed = !await RenewAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The receiver closes.
        }
        catch (ProviderException e)
        {
            onLost(new ProviderException($"Session '{sessionId}' of '{queue}' is lost: {e.Message}", isTransient: true, e));
        }
    }

    internal static TimeSpan Pause(TimeSpan left) => TimeSpan.FromTicks(Math.Clamp(left.Ticks / 2, Shortest.Ticks, Longest.Ticks));

    private async ValueTask<bool> RenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            _lockedUntil = await management.RenewSessionLockAsync(queue, sessionId, linkName, cancellationToken).ConfigureAwait(false);
            Log.LockRenewed(logger, sessionId, queue, _lockedUntil);
            return true;
        }
        catch (BrokerRefusedException e) when (e.Condition is ServiceBusErrors.SessionLockLost or ServiceBusErrors.NotFound)
        {
            throw;
        }
        catch (ProviderException e) when (time.GetUtcNow() < _lockedUntil)
        {
            Log.LockRenewalFailed(logger, e, sessionId, queue, _lockedUntil);
            return false;
        }
    }
}
