using RabbitMQ.Client;

namespace DStream.RabbitMq.Receiving;

/// <summary>What a session's queue holds at one moment.</summary>
/// <param name="Consumers">How many consumers it has, of which one is delivered to.</param>
/// <param name="HasMessages">Whether messages wait to be delivered.</param>
internal readonly record struct SessionState(uint Consumers, bool HasMessages)
{
    /// <summary>Whether there may be messages that are delivered and not settled.</summary>
    public bool IsBusy => Consumers > 0;

    /// <summary>
    /// Neither: as a consumer goes together with what it had not settled (DStream closes channels, and never only cancels), everything that was
    /// ever stored is settled.
    /// </summary>
    public bool IsDone => !IsBusy && !HasMessages;

    /// <summary>Asks the broker. Where there is no such queue the channel is closed by it.</summary>
    public static async Task<SessionState> AskAsync(IChannel channel, string sessionQueue, CancellationToken cancellationToken)
    {
        var found = await channel.QueueDeclarePassiveAsync(sessionQueue, cancellationToken).ConfigureAwait(false);
        return new SessionState(found.ConsumerCount, found.MessageCount > 0);
    }
}
