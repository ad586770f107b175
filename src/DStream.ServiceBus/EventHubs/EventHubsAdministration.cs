using System.Net;
using DStream.Core;
using DStream.ServiceBus.Administration;
using DStream.ServiceBus.Connections;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus.EventHubs;

/// <summary>
/// Creates event hubs and their consumer groups over the namespace's HTTP interface, which needs Manage rights. What exists is left as it is.
/// Thread-safe. Source: https://learn.microsoft.com/rest/api/eventhub/create-event-hub.
/// </summary>
public sealed class EventHubsAdministration : ITopicAdministration, IDisposable
{
    private const string ApiVersion = "2014-01";

    private readonly string? _entityPath;
    private readonly EntityCreation _creation;

    /// <summary>Connects to nothing yet.</summary>
    public EventHubsAdministration(ServiceBusOptions options, TimeProvider time, ILogger<EventHubsAdministration> logger)
    {
        _entityPath = options.ConnectionString.EntityPath;
        _creation = new EntityCreation(options with { Dialect = BrokerDialect.EventHubs }, ApiVersion, "Azure Event Hubs Data Owner", time, logger);
    }

    /// <inheritdoc/>
    public async ValueTask EnsureTopicAsync(string topic, string subscription, CancellationToken cancellationToken)
    {
        var hub = _entityPath ?? topic;
        await _creation.CreateAsync("event hub", hub, EntityDescription.EventHub(), cancellationToken).ConfigureAwait(false);
        await _creation.CreateAsync("consumer group", $"{hub}/consumergroups/{subscription}", EntityDescription.ConsumerGroup(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _creation.Dispose();
}
