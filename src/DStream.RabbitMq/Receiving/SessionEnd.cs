using DStream.RabbitMq.Connections;

namespace DStream.RabbitMq.Receiving;

/// <summary>
/// Finds out whether everything of a session is settled, so that its announcement may go. A broker that does not reach the queue's leader within
/// 250 ms, as after its start, answers "no messages, no consumers" all the same (rabbit_quorum_queue:stat). A consumer proves that the leader is
/// there: the leader alone attaches it, and counts it.
/// </summary>
internal static class SessionEnd
{
    /// <summary>Whether the session's queue has neither messages nor consumers, by an answer of its leader.</summary>
    /// <param name="announcement">Of the session.</param>
    /// <param name="connection">Where the consumer that proves it has a channel of its own.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<bool> IsReachedAsync(TakenAnnouncement announcement, SharedConnection connection, CancellationToken cancellationToken)
    {
        var queue = announcement.SessionQueue;
        if (!(await SessionState.AskAsync(announcement.Channel, queue, cancellationToken).ConfigureAwait(false)).IsDone) return false;
        var channel = await connection.OpenChannelAsync($"Looking at '{queue}'", null, cancellationToken).ConfigureAwait(false);
        try
        {
            var deliveries = await DeliveryBuffer.ConsumeAsync(channel, queue, SessionAcceptor.Prefetch, connection.Time, cancellationToken).ConfigureAwait(false);
            if (await SessionState.AskAsync(channel, queue, cancellationToken).ConfigureAwait(false) is not { Consumers: 1, HasMessages: false }) return false;

            // What the leader had given this consumer before it answered is with the channel by now; asked again, the channel has sent it on.
            await SessionState.AskAsync(channel, queue, cancellationToken).ConfigureAwait(false);
            return !await deliveries.StopAndLookAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Channels.CloseAsync(channel).ConfigureAwait(false);
        }
    }
}
