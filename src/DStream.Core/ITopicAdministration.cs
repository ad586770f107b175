namespace DStream.Core;

/// <summary>Creates topics where they are missing. Idempotent and thread-safe. Failures are <see cref="ProviderException"/>.</summary>
public interface ITopicAdministration
{
    /// <summary>Makes sure that the topic exists, with duplicate detection where the broker has it, and has the subscription.</summary>
    ValueTask EnsureTopicAsync(string topic, string subscription, CancellationToken cancellationToken);
}
