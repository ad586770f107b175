using DStream.Core;

namespace DStream.Contracts.Tests;

/// <summary>Notes what is created, so that it can be removed from a server that lives on.</summary>
public sealed class OwningAdministration(IBrokerAdministration administration, Action<string> own) : IBrokerAdministration
{
    public ValueTask EnsureQueueAsync(string queue, CancellationToken cancellationToken)
    {
        own(queue);
        return administration.EnsureQueueAsync(queue, cancellationToken);
    }

    public ValueTask EnsureTopicAsync(string topic, string subscription, CancellationToken cancellationToken)
    {
        own(topic);
        return administration.EnsureTopicAsync(topic, subscription, cancellationToken);
    }
}
