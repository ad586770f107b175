using DStream.Core;
using DStream.ServiceBus.Connections;
using DStream.ServiceBus.Receiving;
using DStream.ServiceBus.Sending;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus;

/// <summary>
/// A broker that is known to speak AMQP 1.0 and no more: SASL PLAIN, durable messages, one transfer a message. It has no sessions that DStream
/// could keep order by, so that it is no queue between ingester and router; no duplicate detection; and nothing is created there. One
/// connection, opened on first use and again after it was lost. Thread-safe.
/// </summary>
public sealed class AmqpBroker : IMessageSenderFactory, IAsyncDisposable
{
    private readonly AmqpBrokerOptions _options;
    private readonly BrokerConnection _connection;
    private readonly ILogger _logger;
    private int _warned;

    /// <summary>Opens nothing yet.</summary>
    public AmqpBroker(AmqpBrokerOptions options, TimeProvider time, ILogger<AmqpBroker> logger)
    {
        _options = options;
        _logger = logger;
        _connection = new BrokerConnection(BrokerProfiles.For(options), time, logger);
    }

    /// <inheritdoc/>
    public async ValueTask<IMessageSender> OpenSenderAsync(string entity, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _warned, 1) == 0) Log.PlainBroker(_logger, _connection.Profile.Name);
        return await ServiceBusSender.OpenAsync(_connection, AddressOf(entity), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Receives from an entity, and settles. Abandoning releases the message, which brokers need not count as a delivery.</summary>
    /// <exception cref="ProviderException">The entity is missing or may not be read, or the broker cannot be reached.</exception>
    public async ValueTask<IMessageReceiver> OpenReceiverAsync(string entity, CancellationToken cancellationToken) =>
        await ReceiverOpening.OpenAsync(_connection, AddressOf(entity), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private string AddressOf(string entity) => _options.Address.Replace("{destination}", entity, StringComparison.Ordinal);
}
