using Amqp;
using Amqp.Framing;
using DStream.Core;

namespace DStream.ServiceBus.Connections;

/// <summary>Attaches links and waits for the broker's answer, which the library does not.</summary>
internal static class LinkAttachment
{
    /// <summary>Attaches one link in a new AMQP session.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="create">Makes the link, which sends the attach.</param>
    /// <param name="authorization">Released when the link has ended.</param>
    /// <param name="action">For errors.</param>
    /// <param name="entity">For errors; null for a broker that is not Service Bus.</param>
    /// <param name="timeout">How long the broker may take.</param>
    /// <param name="time">Clock of the timeout.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<AttachedLink<TLink>> AttachAsync<TLink>(
        Connection connection, Func<Session, OnAttached, TLink> create, IDisposable authorization, string action, string? entity,
        TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
        where TLink : Link
    {
        Session? session = null;
        try
        {
            session = new Session(connection);
            var attached = new TaskCompletionSource<Attach>(TaskCreationOptions.RunContinuationsAsynchronously);
            var closed = new TaskCompletionSource<Error?>(TaskCreationOptions.RunContinuationsAsynchronously);
            var link = create(session, (_, reply) => attached.TrySetResult(reply));
            link.AddClosedCallback((_, error) => closed.TrySetResult(error ?? session.Error ?? connection.Error));
            if (!await Waiting.ForAsync(Task.WhenAny(attached.Task, closed.Task), timeout, time, cancellationToken).ConfigureAwait(false))
                throw ServiceBusErrors.NoAnswer(action);

            // A refusal is an attach without the terminus, followed by a detach that holds the reason.
            var reply = attached.Task.IsCompleted ? await attached.Task.ConfigureAwait(false) : null;
            if (reply is not null && (link is SenderLink ? reply.Target is not null : reply.Source is not null) && !closed.Task.IsCompleted)
                return new AttachedLink<TLink>(session, link, reply, closed.Task, authorization);
            if (!await Waiting.ForAsync(closed.Task, timeout, time, cancellationToken).ConfigureAwait(false)) throw ServiceBusErrors.NoAnswer(action);
            var error = await closed.Task.ConfigureAwait(false);
            if (entity is not null && ReferenceEquals(error, connection.Error)) throw ServiceBusErrors.From(link, error, action, entity);
            throw new BrokerRefusedException(error?.Condition?.ToString(), ServiceBusErrors.Attaching(error, action, entity));
        }
        catch (Exception e)
        {
            if (session is not null) Quietly(() => session.Close(TimeSpan.Zero));
            authorization.Dispose();
            if (e is OperationCanceledException or ProviderException) throw;
            throw ServiceBusErrors.From(e, action, entity);
        }
    }

    /// <summary>Closing what is closed, or closing, throws in the library, and means nothing.</summary>
    public static void Quietly(Action close)
    {
        try
        {
            close();
        }
        catch (Exception e) when (e is AmqpException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // It is already gone, which is what was wanted.
        }
    }
}
