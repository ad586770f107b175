using Amqp;
using Amqp.Framing;

namespace DStream.ServiceBus.Connections;

/// <summary>
/// A link that the broker has attached, in an AMQP session of its own: ending the session is the library's only way to make sure that nothing
/// which still waits for credit is sent later.
/// </summary>
internal sealed class AttachedLink<TLink>(Session session, TLink link, Attach reply, Task<Error?> closed, IDisposable authorization) : IAsyncDisposable
    where TLink : Link
{
    public TLink Link => link;

    /// <summary>The broker's answer: limits, filters and properties.</summary>
    public Attach Reply => reply;

    /// <summary>Ends with the broker's reason, null where it gave none.</summary>
    public Task<Error?> Closed => closed;

    // The library sets the states first and IsClosed last; in between a send or an attach would fail for nothing.
    public bool IsClosed => closed.IsCompleted || link.IsClosed || session.IsClosed || link.LinkState > LinkState.Attached
        || session.SessionState > SessionState.Opened || session.Connection.ConnectionState > ConnectionState.Opened;

    /// <summary>The last error of link, session or connection.</summary>
    public Error? Error => link.Error ?? session.Error ?? session.Connection.Error;

    /// <summary>Whether the error is the link's, the session's or the connection's end, and not the broker's judgement of one message.</summary>
    public bool IsOwnError(Error? error) =>
        error is null || ReferenceEquals(error, link.Error) || ReferenceEquals(error, session.Error) || ReferenceEquals(error, session.Connection.Error);

    /// <summary>Ends it at once, without waiting: what was not sent never is.</summary>
    public void Abort()
    {
        LinkAttachment.Quietly(() => session.Close(TimeSpan.Zero));
        authorization.Dispose();
    }

    /// <summary>Detaches and waits a little for the broker's answer, so that its locks are free when this returns.</summary>
    public async ValueTask CloseAsync(TimeSpan timeout, TimeProvider time)
    {
        LinkAttachment.Quietly(() => link.Close(TimeSpan.Zero));
        await Waiting.ForAsync(closed, timeout, time, CancellationToken.None).ConfigureAwait(false);
        Abort();
    }

    public ValueTask DisposeAsync()
    {
        Abort();
        return ValueTask.CompletedTask;
    }
}
