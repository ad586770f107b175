using DStream.Core;
using DStream.RabbitMq.Connections;
using Microsoft.Extensions.Logging;

namespace DStream.RabbitMq;

/// <summary>
/// Declares queues and topics, which the user needs the permission to configure for. RabbitMQ detects no duplicates: what is sent twice arrives
/// twice. docs/adr/0004-rabbitmq.md says what a queue and a topic are made of.
/// </summary>
public sealed class RabbitMqAdministration(RabbitMqBroker broker, ILogger<RabbitMqAdministration> logger) : IBrokerAdministration
{
    private readonly Topology _topology = broker.Topology;

    /// <inheritdoc/>
    public async ValueTask EnsureQueueAsync(string queue, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _topology.EnsureQueueAsync(queue, cancellationToken).ConfigureAwait(false);
        Log.Ensured(logger, "queue", queue);
    }

    /// <inheritdoc/>
    public async ValueTask EnsureTopicAsync(string topic, string subscription, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _topology.EnsureTopicAsync(topic, subscription, cancellationToken).ConfigureAwait(false);
        Log.Ensured(logger, "topic", topic);
    }
}
