using DStream.Core;
using DStream.ServiceBus.Connections;
using DStream.ServiceBus.Security;
using DStream.ServiceBus.Sending;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus.EventHubs;

/// <summary>
/// A namespace of event hubs as an output: each topic is a hub of its name or, where the connection string has an <c>EntityPath</c>, all of them
/// are that hub. One AMQP connection, opened on first use and again after it was lost. Thread-safe.
/// </summary>
public sealed class EventHubsNamespace : IMessageSenderFactory, IAsyncDisposable
{
    private readonly BrokerConnection _connection;
    private readonly ServiceBusConnectionString _target;

    /// <summary>Opens nothing yet.</summary>
    public EventHubsNamespace(ServiceBusOptions options, TimeProvider time, ILogger<EventHubsNamespace> logger)
    {
        var ofHubs = options with { Dialect = BrokerDialect.EventHubs };
        _connection = new BrokerConnection(BrokerProfiles.For(ofHubs, TokenSources.For(ofHubs, time), time, logger), time, logger);
        _target = options.ConnectionString;
    }

    /// <inheritdoc/>
    public async ValueTask<IMessageSender> OpenSenderAsync(string entity, CancellationToken cancellationToken)
    {
        var hub = _target.EntityPath ?? entity;
        try
        {
            return new EventHubSender(await ServiceBusSender.OpenAsync(_connection, hub, cancellationToken).ConfigureAwait(false));
        }
        catch (BrokerRefusedException refused) when (refused.Condition == ServiceBusErrors.NotFound)
        {
            throw new ProviderException(
                $"Event hub '{hub}' does not exist in {_target.Host}. Create it: set create = true where the identity has "
                + $"Manage rights, or run az eventhubs eventhub create --name {hub}.", isTransient: false, refused);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
