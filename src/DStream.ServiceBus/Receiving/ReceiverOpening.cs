using Amqp;
using Amqp.Framing;
using Amqp.Types;
using DStream.Core;
using DStream.ServiceBus.Connections;

namespace DStream.ServiceBus.Receiving;

/// <summary>Attaches receivers: to the next free session of a queue, or to an entity without sessions.</summary>
internal static class ReceiverOpening
{
    private static readonly Symbol SessionFilter = new("com.microsoft:session-filter");
    private static readonly Symbol LockedUntil = new("com.microsoft:locked-until-utc");
    private static readonly Symbol Timeout = new(ServiceBusErrors.Timeout);

    // The broker ends the wait; it is given this much longer to say so.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public static async ValueTask<ServiceBusReceiver?> AcceptSessionAsync(
        BrokerConnection connection, ManagementLinks? management, string queue, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        // null asks for the next session that is free and has messages.
        var source = new Source { Address = queue, FilterSet = new Map { [SessionFilter] = null! } };
        AttachedLink<SettlingLink> link;
        try
        {
            link = await AttachAsync(connection, queue, source, $"Accepting a session of '{queue}'", maxWait, maxWait + Grace, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerRefusedException e) when (e.Condition == ServiceBusErrors.Timeout)
        {
            return null;
        }
        catch (BrokerRefusedException e) when (e.Condition == ServiceBusErrors.NotAllowed)
        {
            throw WithoutSessions(queue, e);
        }

        if (link.Reply.Source is not Source { FilterSet: { } filters } || !filters.TryGetValue(SessionFilter, out var accepted) || SessionIdOf(accepted) is not { } sessionId)
        {
            link.Abort();
            throw WithoutSessions(queue, null);
        }

        var receiver = new ServiceBusReceiver(link, connection, queue, sessionId);
        if (management is not null) receiver.KeepLock(management, LockedUntilOf(link.Reply, connection.Time));
        return receiver;
    }

    public static async ValueTask<ServiceBusReceiver> OpenAsync(BrokerConnection connection, string entity, CancellationToken cancellationToken)
    {
        var timeout = connection.Profile.OperationTimeout;
        var link = await AttachAsync(connection, entity, new Source { Address = entity, Durable = connection.Profile.TerminusDurability }, $"Opening a receiver of '{entity}'", timeout, timeout, cancellationToken).ConfigureAwait(false);
        return new ServiceBusReceiver(link, connection, entity, null);
    }

    private static ValueTask<AttachedLink<SettlingLink>> AttachAsync(
        BrokerConnection connection, string entity, Source source, string action, TimeSpan wait, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var name = $"{entity}-{Guid.NewGuid():N}";
        return connection.AttachAsync(
            entity, action, (session, onAttached) => new SettlingLink(session, name, new Attach
            {
                Source = source,
                Target = new Target { Address = name },
                SndSettleMode = SenderSettleMode.Unsettled,
                // Second asks for an answer to each settlement; RabbitMQ 3.10 refuses a link that does.
                RcvSettleMode = connection.Profile.SpeaksDialect ? ReceiverSettleMode.Second : ReceiverSettleMode.First,
                Properties = new Fields { [Timeout] = (uint)Math.Clamp(wait.TotalMilliseconds, 1, uint.MaxValue) },
            }, onAttached), timeout, cancellationToken);
    }

    private static ProviderException WithoutSessions(string queue, Exception? inner) => new(
        $"Queue '{queue}' has no sessions, and DStream keeps order by them. Sessions cannot be added to a queue: delete it and create it with "
        + $"az servicebus queue create --name {queue} --enable-session true --enable-duplicate-detection true.", isTransient: false, inner);

    // A described filter is how some brokers answer; the service answers with the id itself.
    private static string? SessionIdOf(object? filter) => filter switch
    {
        string id => id,
        DescribedValue { Value: string id } => id,
        _ => null,
    };

    private static DateTimeOffset LockedUntilOf(Attach reply, TimeProvider time) =>
        reply.Properties?.TryGetValue(LockedUntil, out var value) == true && value is long ticks && ticks > 0 && ticks <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero) : time.GetUtcNow();
}
