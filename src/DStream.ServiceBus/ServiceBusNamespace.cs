using DStream.Core;
using DStream.ServiceBus.Connections;
using DStream.ServiceBus.Receiving;
using DStream.ServiceBus.Security;
using DStream.ServiceBus.Sending;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus;

/// <summary>
/// A Service Bus namespace: one AMQP connection, opened on first use and again after it was lost, that all its senders and receivers share.
/// Keep one for a namespace and process. Thread-safe.
/// </summary>
public sealed class ServiceBusNamespace : IMessageSenderFactory, IMessageReceiverFactory, IAsyncDisposable
{
    private const string DeadLetterSuffix = "/$DeadLetterQueue";

    private readonly BrokerConnection _connection;
    private readonly ManagementLinks _management;
    private readonly bool _renewSessionLocks;

    /// <summary>Opens nothing yet.</summary>
    public ServiceBusNamespace(ServiceBusOptions options, TimeProvider time, ILogger<ServiceBusNamespace> logger)
    {
        _connection = new BrokerConnection(BrokerProfiles.For(options, TokenSources.For(options, time), time, logger), time, logger);
        _renewSessionLocks = options.RenewSessionLocks;
        _management = new ManagementLinks(_connection);
    }

    /// <inheritdoc/>
    public async ValueTask<IMessageSender> OpenSenderAsync(string entity, CancellationToken cancellationToken) =>
        await ServiceBusSender.OpenAsync(_connection, entity, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IMessageReceiver?> AcceptSessionAsync(string queue, TimeSpan maxWait, CancellationToken cancellationToken) =>
        await ReceiverOpening.AcceptSessionAsync(_connection, _renewSessionLocks ? _management : null, queue, maxWait, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Receives from a subscription, or its dead-letter queue, without sessions; <see cref="IMessageReceiver.SessionId"/> is null. Locks are
    /// not renewed: settle within the subscription's lock duration.
    /// </summary>
    /// <exception cref="ProviderException">The subscription is missing or may not be read, or the broker cannot be reached.</exception>
    public ValueTask<IMessageReceiver> OpenSubscriptionReceiverAsync(
        string topic, string subscription, bool deadLetter, CancellationToken cancellationToken) =>
        OpenReceiverAsync($"{topic}/Subscriptions/{subscription}{(deadLetter ? DeadLetterSuffix : "")}", cancellationToken);

    /// <summary>Receives from a queue's dead-letter queue, which has no sessions.</summary>
    /// <exception cref="ProviderException">The queue is missing or may not be read, or the broker cannot be reached.</exception>
    public ValueTask<IMessageReceiver> OpenDeadLetterReceiverAsync(string queue, CancellationToken cancellationToken) =>
        OpenReceiverAsync(queue + DeadLetterSuffix, cancellationToken);

    /// <summary>Receives from any entity without sessions, by its path.</summary>
    /// <exception cref="ProviderException">The entity is missing or may not be read, or the broker cannot be reached.</exception>
    public async ValueTask<IMessageReceiver> OpenReceiverAsync(string entityPath, CancellationToken cancellationToken) =>
        await ReceiverOpening.OpenAsync(_connection, entityPath, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _management.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }
}
