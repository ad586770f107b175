using DStream.Core;
using DStream.RabbitMq.Connections;
using DStream.RabbitMq.Receiving;
using DStream.RabbitMq.Sending;
using Microsoft.Extensions.Logging;

namespace DStream.RabbitMq;

/// <summary>
/// A RabbitMQ broker: one connection to send and one to receive, since a broker that lacks memory stops reading from those that send. They are
/// opened on first use and again after they were lost. Keep one for a broker and process. Thread-safe.
/// </summary>
/// <remarks>
/// A queue <c>q</c> with sessions is made of a quorum queue <c>q/session</c> for each session, the quorum queue <c>q</c>, which announces sessions
/// that have messages, and <c>q.dead-letter</c>. A topic is a topic exchange, a subscription <c>s</c> the quorum queue <c>topic/s</c>.
/// </remarks>
public sealed class RabbitMqBroker : IMessageSenderFactory, IMessageReceiverFactory, IAsyncDisposable
{
    private const ushort SubscriptionPrefetch = 200;

    private readonly RabbitMqOptions _options;
    private readonly SharedConnection _sending;
    private readonly SharedConnection _receiving;
    private readonly Publisher _publisher;
    private readonly ParkedAnnouncements _parked;
    private readonly SessionAcceptor _acceptor;

    /// <summary>Opens nothing yet.</summary>
    public RabbitMqBroker(RabbitMqOptions options, TimeProvider time, ILogger<RabbitMqBroker> logger)
    {
        var held = new HeldSessions();
        _options = options;
        _sending = new SharedConnection(options, "send", time, logger);
        _receiving = new SharedConnection(options, "receive", time, logger);
        _publisher = new Publisher(_sending);
        _parked = new ParkedAnnouncements(_receiving, held);
        _acceptor = new SessionAcceptor(_receiving, _publisher, held, _parked);
        Topology = new Topology(_sending);
    }

    internal Topology Topology { get; }

    /// <inheritdoc/>
    public async ValueTask<IMessageSender> OpenSenderAsync(string entity, CancellationToken cancellationToken) => new RabbitMqSender(
        entity, await Topology.IsTopicAsync(entity, cancellationToken).ConfigureAwait(false), _options, _publisher, Topology);

    /// <inheritdoc/>
    public ValueTask<IMessageReceiver?> AcceptSessionAsync(string queue, TimeSpan maxWait, CancellationToken cancellationToken) =>
        _acceptor.AcceptAsync(queue, maxWait, cancellationToken);

    /// <summary>Receives from a subscription, without sessions; <see cref="IMessageReceiver.SessionId"/> is null. Order holds while no other receives from it.</summary>
    /// <exception cref="ProviderException">The subscription is missing or may not be read, or the broker cannot be reached.</exception>
    public async ValueTask<IMessageReceiver> OpenSubscriptionReceiverAsync(string topic, string subscription, CancellationToken cancellationToken)
    {
        var queue = EntityNames.Subscription(topic, subscription);
        var action = $"Receiving from '{queue}'";
        var channel = await _receiving.OpenChannelAsync(action, null, cancellationToken).ConfigureAwait(false);
        try
        {
            var deliveries = await DeliveryBuffer.ConsumeAsync(channel, queue, SubscriptionPrefetch, _receiving.Time, cancellationToken).ConfigureAwait(false);
            return new RabbitMqReceiver(deliveries, queue, EntityNames.DeadLetter(queue), null, _publisher, static () => ValueTask.CompletedTask);
        }
        catch (Exception problem)
        {
            await Channels.CloseAsync(channel).ConfigureAwait(false);
            if (RabbitMqErrors.IsBrokers(problem, cancellationToken)) throw RabbitMqErrors.From(action, problem);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _parked.DisposeAsync().ConfigureAwait(false);
        await _publisher.DisposeAsync().ConfigureAwait(false);
        await _receiving.DisposeAsync().ConfigureAwait(false);
        await _sending.DisposeAsync().ConfigureAwait(false);
    }
}
