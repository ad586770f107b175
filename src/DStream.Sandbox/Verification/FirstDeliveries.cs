using System.Collections.Concurrent;

namespace DStream.Sandbox.Verification;

/// <summary>
/// Numbers messages in the order in which each id came first, as a consumer does that drops copies; a copy has the number of its first. For brokers
/// that neither drop copies nor number messages. Thread-safe.
/// </summary>
internal sealed class FirstDeliveries
{
    private readonly ConcurrentDictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private long _last;

    internal long NumberOf(string messageId) => _numbers.TryGetValue(messageId, out var number)
        ? number : _numbers.GetOrAdd(messageId, Interlocked.Increment(ref _last));
}
