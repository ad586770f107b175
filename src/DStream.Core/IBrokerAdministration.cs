namespace DStream.Core;

/// <summary>Creates what is missing at the broker. Idempotent and thread-safe. Failures are <see cref="ProviderException"/>.</summary>
public interface IBrokerAdministration
{
    /// <summary>Makes sure that the queue exists: with sessions and duplicate detection, which cannot be changed later.</summary>
    ValueTask EnsureQueueAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Makes sure that the topic exists, with duplicate detection, and has the subscription.</summary>
    ValueTask EnsureTopicAsync(string topic, string subscription, CancellationToken cancellationToken);
}
