using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// Attaches a link to a session. The client names it in a filter of the source, or gives null there for the next free one; then
/// the answer waits until one is free or the client's time is up.
/// </summary>
internal static class SessionAttach
{
    private static readonly Symbol Filter = "com.microsoft:session-filter";
    private static readonly Symbol LockedUntil = "com.microsoft:locked-until-utc";
    private static readonly Symbol TimeoutProperty = "com.microsoft:timeout";
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    public static bool TryReadFilter(Attach attach, out string? sessionId)
    {
        sessionId = null;
        if (((Source)attach.Source).FilterSet is not { } filters || !filters.ContainsKey(Filter)) return false;

        sessionId = (filters[Filter] is Described and DescribedValue { Value: var inner } ? inner : filters[Filter]) as string;
        return true;
    }

    /// <summary>
    /// Looks for the session. The receiver must be the link's endpoint already: a client may give credit before it is answered, and the
    /// library would forget it.
    /// </summary>
    public static void Begin(
        ConnectionHandler connection, AttachContext context, MessageQueue queue, ReceiveLink receiver, string? sessionId, PendingAttach pending)
    {
        connection.Await(context.Link, pending);
        context.Link.AddClosedCallback((_, _) => pending.StopWaiting());
        _ = CompleteAsync(connection, context, queue, receiver, sessionId, pending, pending.Waiting);
    }

    private static async Task CompleteAsync(
        ConnectionHandler connection, AttachContext context, MessageQueue queue, ReceiveLink receiver, string? sessionId,
        PendingAttach pending, CancellationToken cancellationToken)
    {
        try
        {
            var lease = await queue.AcceptSessionAsync(sessionId, receiver, TimeoutOf(context.Attach), cancellationToken);
            receiver.Hold(lease);
            var isAnswered = pending.TryAnswer(() =>
            {
                if (context.Link.IsClosed) return;

                Answer(context.Attach, lease);
                receiver.Answer(context.Attach);
            });

            // The connection may have ended in between; then nobody told the receiver, which was not yet the link's endpoint.
            if (!isAnswered || context.Link.IsClosed) receiver.Close();
        }
        catch (BrokerException refused)
        {
            pending.Refuse(AmqpErrors.From(refused));
        }
        catch (Exception gone) when (gone is AmqpException or ObjectDisposedException)
        {
            // The connection ended while the attach was answered.
            receiver.Close();
        }
        finally
        {
            connection.Forget(context.Link);
        }
    }

    private static void Answer(Attach attach, SessionLease lease)
    {
        var source = (Source)attach.Source;
        source.FilterSet = new Map { [Filter] = lease.SessionId };
        attach.Properties = new Fields { [LockedUntil] = lease.LockedUntil.UtcTicks };
    }

    private static TimeSpan TimeoutOf(Attach attach) => attach.Properties?[TimeoutProperty] switch
    {
        uint milliseconds => TimeSpan.FromMilliseconds(milliseconds),
        int milliseconds and >= 0 => TimeSpan.FromMilliseconds(milliseconds),
        long milliseconds and >= 0 => TimeSpan.FromMilliseconds(milliseconds),
        _ => DefaultTimeout,
    };
}
