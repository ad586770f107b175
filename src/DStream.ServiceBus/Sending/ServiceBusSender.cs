using Amqp;
using Amqp.Framing;
using Amqp.Types;
using DStream.Core;
using DStream.ServiceBus.Connections;

namespace DStream.ServiceBus.Sending;

/// <summary>
/// Sends to one queue or topic, of Service Bus or of another broker. Each call is one attempt: a link found closed before anything was sent is attached again; whatever fails later
/// is told to the caller, whose retry policy decides.
/// </summary>
internal sealed class ServiceBusSender : IMessageSender
{
    private readonly BrokerConnection _connection;
    private readonly string _entity;
    private readonly string _sending;
    private readonly string? _remediable;
    private readonly SemaphoreSlim _attaching = new(1, 1);
    private AttachedLink<SenderLink>? _link;
    private bool _disposed;

    private ServiceBusSender(BrokerConnection connection, string entity)
    {
        _connection = connection;
        _entity = entity;
        _sending = $"Sending to '{entity}'";
        _remediable = connection.Profile.Remediable(entity);
    }

    /// <inheritdoc/>
    public SendLimits Limits { get; private set; } = new(0, 0, 0, 0);

    private BrokerProfile Profile => _connection.Profile;

    public static async ValueTask<ServiceBusSender> OpenAsync(BrokerConnection connection, string entity, CancellationToken cancellationToken)
    {
        var sender = new ServiceBusSender(connection, entity);
        var link = await sender.GetLinkAsync(cancellationToken).ConfigureAwait(false);
        sender.Limits = SenderLimits.From(link.Reply);
        return sender;
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<OutboundMessage> messages, CancellationToken cancellationToken) =>
        SendAsync(messages, partitionKey: null, cancellationToken);

    /// <summary>As <see cref="SendAsync(ReadOnlyMemory{OutboundMessage}, CancellationToken)"/>, to the partition of a key.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<OutboundMessage> messages, string? partitionKey, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (messages.IsEmpty) return;
        if (messages.Length > Limits.MaxBatchMessages)
            throw new ArgumentException($"{messages.Length} messages were given, and a batch takes {Limits.MaxBatchMessages}.", nameof(messages));
        var link = await GetLinkAsync(cancellationToken).ConfigureAwait(false);
        var transfers = Wrap(messages, partitionKey);
        Task acknowledged = transfers.Length == 1 ? transfers[0].Acknowledged : Task.WhenAll(transfers.Select(static transfer => transfer.Acknowledged));
        try
        {
            foreach (var transfer in transfers) transfer.Begin(link.Link);
            // The library forgets a transfer that was handed to it while the link was closing: no outcome comes then.
            if (!await Waiting.ForAsync(Task.WhenAny(acknowledged, link.Closed), Profile.OperationTimeout, _connection.Time, cancellationToken).ConfigureAwait(false))
                throw ServiceBusErrors.NoAnswer(_sending);
            if (!acknowledged.IsCompleted) throw Unknown(link);
        }
        catch (AmqpException e)
        {
            throw ServiceBusErrors.From(link.Link, e.Error, _sending, _remediable);
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException or IOException)
        {
            throw ServiceBusErrors.From(e, _sending, _remediable);
        }
        catch (ProviderException)
        {
            // A link that loses acknowledgements is not trusted again.
            link.Abort();
            throw;
        }
        catch (OperationCanceledException)
        {
            // I2: what waits for credit must not be sent once the caller has given up. What has a tag is on its way already.
            if (Array.Exists(transfers, static transfer => !transfer.IsOnItsWay)) link.Abort();
            throw;
        }

        foreach (var transfer in transfers) Check(link, transfer.Message, await transfer.Acknowledged.ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        if (_link is not null) await _link.CloseAsync(TimeSpan.FromSeconds(5), _connection.Time).ConfigureAwait(false);
    }

    // A batch in one transfer is of Service Bus alone. Another broker gets the messages one behind the other, without a wait between them, and has
    // taken all or the send has failed; what it took of a failed one comes again.
    private Transfer[] Wrap(ReadOnlyMemory<OutboundMessage> messages, string? partitionKey)
    {
        if (Profile.SpeaksDialect)
        {
            var maxBytes = messages.Length == 1 ? Limits.MaxMessageBytes : Limits.MaxBatchBytes + MessageEncoder.EnvelopeBytes;
            return [new Transfer(PreEncodedBody.Wrap(messages, maxBytes, partitionKey))];
        }

        var transfers = new Transfer[messages.Length];
        for (var at = 0; at < transfers.Length; at++) transfers[at] = new Transfer(PreEncodedBody.WrapDurable(messages.Slice(at, 1), Limits.MaxMessageBytes));
        return transfers;
    }

    private void Check(AttachedLink<SenderLink> link, Message message, Outcome? outcome)
    {
        switch (outcome)
        {
            case Accepted:
                message.Dispose(); // Gives its pooled buffer back: the broker has all of it.
                return;
            case Rejected rejected when !link.IsOwnError(rejected.Error):
                throw ServiceBusErrors.From(rejected.Error, _sending, _remediable);
            case Rejected or Released when link.IsClosed:
                throw Unknown(link);
            default:
                throw new ProviderException($"{_sending} failed: the broker gave the message back ({outcome?.Descriptor.Name ?? "no outcome"}).", isTransient: true);
        }
    }

    // Not the broker's judgement of the message: link or connection ended while it was on its way.
    private ProviderException Unknown(AttachedLink<SenderLink> link)
    {
        var reason = ServiceBusErrors.From(link.Link, link.Error, _sending, _remediable);
        return new ProviderException($"{reason.Message} Whether it was stored is unknown; sending again is safe.", reason.IsTransient);
    }

    private async ValueTask<AttachedLink<SenderLink>> GetLinkAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _link) is { IsClosed: false } open) return open;
        await _attaching.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_link is { IsClosed: false }) return _link;
            _link?.Abort();
            var timeout = Profile.OperationTimeout;
            var link = await _connection.AttachAsync(
                _entity, $"Opening a sender to '{_entity}'", (session, onAttached) => CreateLink(session, onAttached, timeout), timeout, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _link, link);
            return link;
        }
        finally
        {
            _attaching.Release();
        }
    }

    private SenderLink CreateLink(Session session, OnAttached onAttached, TimeSpan timeout)
    {
        var name = $"{_entity}-{Guid.NewGuid():N}";
        var attach = new Attach
        {
            Source = new Source { Address = name },
            // RabbitMQ creates what is not there, to last only where it is asked for that.
            Target = new Target { Address = _entity, Durable = Profile.TerminusDurability },
            SndSettleMode = SenderSettleMode.Unsettled,
            RcvSettleMode = ReceiverSettleMode.First,
            Properties = new Fields { [new Symbol("com.microsoft:timeout")] = (uint)timeout.TotalMilliseconds },
        };
        return new SenderLink(session, name, attach, onAttached);
    }
}
