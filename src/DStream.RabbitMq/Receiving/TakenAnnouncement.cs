using DStream.Core;
using DStream.RabbitMq.Connections;
using RabbitMQ.Client;

namespace DStream.RabbitMq.Receiving;

/// <summary>An announcement of a session that this process took and has not acknowledged: closing its channel puts it back into the queue.</summary>
internal sealed record TakenAnnouncement(DeliveryBuffer Line, ulong Tag, string Queue, string Session)
{
    public IChannel Channel => Line.Channel;

    public string SessionQueue { get; } = EntityNames.Session(Queue, Session);

    /// <summary>It tells nothing that is not known otherwise.</summary>
    public ValueTask ForgetAsync(CancellationToken cancellationToken) => Channel.BasicAckAsync(Tag, multiple: false, cancellationToken);

    /// <summary>Leaves the line, with the announcement: the channel gets no further one when this one is acknowledged.</summary>
    public Task LeaveLineAsync(CancellationToken cancellationToken) => Line.StopAsync(cancellationToken);

    /// <summary>Gives it back at the end of the line, so that other sessions have their turn, unless all of the session's messages are settled.</summary>
    public async ValueTask ReturnAsync(Publisher publisher, SharedConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            if (await SessionEnd.IsReachedAsync(this, connection, cancellationToken).ConfigureAwait(false)) await ForgetAsync(cancellationToken).ConfigureAwait(false);
            else await PutBehindAsync(publisher, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is ProviderException || RabbitMqErrors.IsBrokers(problem, cancellationToken))
        {
            // The broker puts it back itself, at the head of the line.
        }

        await Channels.CloseAsync(Channel).ConfigureAwait(false);
    }

    /// <summary>Gives it back at the end of the line, where that can be done; else the broker puts it back at the head.</summary>
    public async ValueTask PutBehindAsync(Publisher publisher, CancellationToken cancellationToken)
    {
        try
        {
            await publisher.PublishAsync($"Returning session '{Session}' of '{Queue}'", [Announcement.Of(Queue, Session)], cancellationToken).ConfigureAwait(false);
            await ForgetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is ProviderException || RabbitMqErrors.IsBrokers(problem, cancellationToken))
        {
            // Nothing was acknowledged.
        }
    }
}
