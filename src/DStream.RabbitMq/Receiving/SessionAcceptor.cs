using DStream.Core;
using DStream.RabbitMq.Connections;

namespace DStream.RabbitMq.Receiving;

/// <summary>
/// Finds a session that has messages and no receiver. The queue itself holds announcements, "this session may have messages". One rule keeps any
/// from being lost: an announcement is acknowledged only by who, after taking it, saw that the session is done
/// (<see cref="SessionEnd"/>), or has another one of the same session that will be looked at later. All else, a crash as well as a
/// receiver that closes, leaves one in the queue. Thread-safe. docs/adr/0004-rabbitmq.md.
/// </summary>
internal sealed class SessionAcceptor(SharedConnection connection, Publisher publisher, HeldSessions held, ParkedAnnouncements parked)
{
    // The same for every receiver of a session, in every release: a quorum queue has a line of its own for what came back, and appends to it. Only
    // a consumer that takes that whole line at once gives it back in order. It may grow from one release to the next, and never shrink.
    internal const ushort Prefetch = 200;

    // 10 ms, 20 ms and so on, 10 s in all; among others 70 ms to 630 ms, so that not all give up at the same time.
    private const int Looks = 10;
    private const int FewestLooksAmongOthers = 3;
    private const int MostLooksAmongOthers = 6;
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits for a session; null when none came free in time.</summary>
    public async ValueTask<IMessageReceiver?> AcceptAsync(string queue, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        var began = connection.Time.GetTimestamp();
        AnnouncementLine? line = null;
        try
        {
            while (true)
            {
                var left = maxWait - connection.Time.GetElapsedTime(began);
                line ??= await AnnouncementLine.OpenAsync(connection, publisher, queue, cancellationToken).ConfigureAwait(false);
                if (await line.TakeAsync(left, cancellationToken).ConfigureAwait(false) is not { } announcement) return null;
                var (receiver, isDealtWith) = await OpenAsync(announcement, cancellationToken).ConfigureAwait(false);
                if (isDealtWith) continue;

                // The channel left with the announcement.
                line = null;
                if (receiver is not null) return receiver;
            }
        }
        catch (Exception problem) when (RabbitMqErrors.IsBrokers(problem, cancellationToken))
        {
            throw RabbitMqErrors.From($"Accepting a session of '{queue}'", problem);
        }
        finally
        {
            if (line is not null) await Channels.CloseAsync(line.Channel).ConfigureAwait(false);
        }
    }

    /// <summary>The session's receiver, if it can be had; and whether the announcement is acknowledged, so that the next may be taken.</summary>
    private async ValueTask<(IMessageReceiver? Receiver, bool IsDealtWith)> OpenAsync(TakenAnnouncement announcement, CancellationToken cancellationToken)
    {
        // One place of this process after the other, so that they do not take a session from each other's hands.
        using var turn = await held.TakeTurnAsync(announcement.Queue, announcement.Session, cancellationToken).ConfigureAwait(false);
        var (queue, session) = (announcement.Queue, announcement.Session);
        if (held.Contains(queue, session)) return await ForgetAsync(announcement, cancellationToken).ConfigureAwait(false);
        var channel = await connection.OpenChannelAsync($"Receiving from '{announcement.SessionQueue}'", null, cancellationToken).ConfigureAwait(false);
        var isKept = false;
        try
        {
            var state = await SessionState.AskAsync(channel, announcement.SessionQueue, cancellationToken).ConfigureAwait(false);
            if (state.IsBusy) return await ParkAsync(announcement, cancellationToken).ConfigureAwait(false);
            if (!state.HasMessages && await SessionEnd.IsReachedAsync(announcement, connection, cancellationToken).ConfigureAwait(false))
                return await ForgetAsync(announcement, cancellationToken).ConfigureAwait(false);
            var deliveries = await DeliveryBuffer.ConsumeAsync(channel, announcement.SessionQueue, Prefetch, connection.Time, cancellationToken).ConfigureAwait(false);
            isKept = true;
            return (await ReceiverAsync(announcement, deliveries, cancellationToken).ConfigureAwait(false), false);
        }
        catch (Exception problem) when (RabbitMqErrors.Is(problem, RabbitMqErrors.NotFound) && !RabbitMqErrors.From("", problem).IsTransient)
        {
            // Somebody deleted the session's queue, and all that was in it.
            return await ForgetAsync(announcement, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (RabbitMqErrors.IsBrokers(problem, cancellationToken))
        {
            // One session's queue may be without its leader while the others work: behind them, it does not hold them up (I7).
            await announcement.PutBehindAsync(publisher, cancellationToken).ConfigureAwait(false);
            throw;
        }
        finally
        {
            if (!isKept) await Channels.CloseAsync(channel).ConfigureAwait(false);
        }
    }

    /// <summary>Null where no message comes after all: somebody was quicker, here or in another process.</summary>
    private async ValueTask<IMessageReceiver?> ReceiverAsync(TakenAnnouncement announcement, DeliveryBuffer deliveries, CancellationToken cancellationToken)
    {
        var (queue, session) = (announcement.Queue, announcement.Session);
        held.TryAdd(announcement);
        var receiver = new RabbitMqReceiver(deliveries, announcement.SessionQueue, EntityNames.DeadLetter(queue), session, publisher, async () =>
        {
            held.Remove(announcement);
            using var limit = new CancellationTokenSource(connection.Options.OperationTimeout, connection.Time);
            await announcement.ReturnAsync(publisher, connection, limit.Token).ConfigureAwait(false);
        });
        try
        {
            await announcement.LeaveLineAsync(cancellationToken).ConfigureAwait(false);
            if (await IsActiveAsync(announcement, deliveries, cancellationToken).ConfigureAwait(false)) return receiver;
        }
        catch
        {
            await receiver.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await receiver.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>
    /// Waits for the first message, which tells that the broker chose this consumer. Who was the only consumer once was chosen; who never was gives
    /// up soon, to do other work.
    /// </summary>
    private static async ValueTask<bool> IsActiveAsync(TakenAnnouncement announcement, DeliveryBuffer deliveries, CancellationToken cancellationToken)
    {
        var looksAmongOthers = Random.Shared.Next(FewestLooksAmongOthers, MostLooksAmongOthers + 1);
        var wasAlone = false;
        var wait = FirstLook;
        for (var look = 1; look <= Looks; look++, wait *= 2)
        {
            var state = await SessionState.AskAsync(announcement.Channel, announcement.SessionQueue, cancellationToken).ConfigureAwait(false);
            wasAlone |= state.Consumers == 1;
            if (!wasAlone && look > looksAmongOthers) return false;
            if (await deliveries.WaitAsync(wait, cancellationToken).ConfigureAwait(false)) return true;
        }

        return false;
    }

    private async ValueTask<(IMessageReceiver? Receiver, bool IsDealtWith)> ParkAsync(TakenAnnouncement announcement, CancellationToken cancellationToken)
    {
        if (!held.TryAdd(announcement)) return await ForgetAsync(announcement, cancellationToken).ConfigureAwait(false);
        parked.Park(announcement);
        return (null, false);
    }

    private static async ValueTask<(IMessageReceiver? Receiver, bool IsDealtWith)> ForgetAsync(TakenAnnouncement announcement, CancellationToken cancellationToken)
    {
        await announcement.ForgetAsync(cancellationToken).ConfigureAwait(false);
        return (null, true);
    }
}
