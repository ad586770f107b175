using System.Collections.Concurrent;
using DStream.RabbitMq.Connections;

namespace DStream.RabbitMq.Receiving;

/// <summary>
/// Announcements of sessions that somebody else has at work. Each is kept until its session has no consumer, and then given back to the queue.
/// Thread-safe.
/// </summary>
internal sealed class ParkedAnnouncements(SharedConnection connection, HeldSessions held) : IAsyncDisposable
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(5);

    // The broker closes a channel that does not settle a delivery within 30 minutes: https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<TakenAnnouncement, Task> _parked = [];

    /// <summary>Takes it over. The session must have been added to those that are held.</summary>
    public void Park(TakenAnnouncement announcement)
    {
        Log.SessionBusy(connection.Logger, announcement.Session, announcement.Queue);
        var watching = WatchAsync(announcement);
        _parked[announcement] = watching;
        if (watching.IsCompleted) _parked.TryRemove(announcement, out _);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_parked.Values).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task WatchAsync(TakenAnnouncement announcement)
    {
        var began = connection.Time.GetTimestamp();
        try
        {
            for (var look = FirstLook; connection.Time.GetElapsedTime(began) < Longest; look = look * 2 < LongestLook ? look * 2 : LongestLook)
            {
                await Task.Delay(look, connection.Time, _stopping.Token).ConfigureAwait(false);
                var state = await SessionState.AskAsync(announcement.Channel, announcement.SessionQueue, _stopping.Token).ConfigureAwait(false);
                if (!state.IsBusy) break;
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException || RabbitMqErrors.IsBrokers(problem, _stopping.Token))
        {
            // Stopping, or the channel is lost: either way the announcement goes back.
        }

        held.Remove(announcement);
        await Channels.CloseAsync(announcement.Channel).ConfigureAwait(false);
        _parked.TryRemove(announcement, out _);
    }
}
