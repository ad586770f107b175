using DStream.Core;
using DStream.RabbitMq.Connections;
using RabbitMQ.Client;

namespace DStream.RabbitMq.Receiving;

/// <summary>A place in the line at a queue's announcements: takes them one by one, each when the one before is acknowledged.</summary>
internal sealed class AnnouncementLine
{
    private readonly string _queue;
    private readonly Publisher _publisher;
    private readonly DeliveryBuffer _deliveries;

    private AnnouncementLine(string queue, Publisher publisher, DeliveryBuffer deliveries)
    {
        _queue = queue;
        _publisher = publisher;
        _deliveries = deliveries;
    }

    public IChannel Channel => _deliveries.Channel;

    public static async Task<AnnouncementLine> OpenAsync(SharedConnection connection, Publisher publisher, string queue, CancellationToken cancellationToken)
    {
        var channel = await connection.OpenChannelAsync($"Accepting a session of '{queue}'", null, cancellationToken).ConfigureAwait(false);
        try
        {
            var deliveries = await DeliveryBuffer.ConsumeAsync(channel, queue, prefetch: 1, connection.Time, cancellationToken).ConfigureAwait(false);
            return new AnnouncementLine(queue, publisher, deliveries);
        }
        catch
        {
            await Channels.CloseAsync(channel).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits for the next; null when none came in time.</summary>
    public async ValueTask<TakenAnnouncement?> TakeAsync(TimeSpan maxWait, CancellationToken cancellationToken)
    {
        var began = _deliveries.Time.GetTimestamp();
        var taken = new List<Delivery>(1);
        while (true)
        {
            var left = maxWait - _deliveries.Time.GetElapsedTime(began);
            if (!await _deliveries.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken).ConfigureAwait(false)) return null;
            taken.Clear();
            _deliveries.Take(1, taken);
            var delivery = taken[0];
            if (Announcement.SessionOf(delivery.Properties, delivery.Body) is { } session) return new TakenAnnouncement(_deliveries, delivery.Tag, _queue, session);
            await DeadLetterAsync(delivery, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What somebody else sent to the queue.</summary>
    private async ValueTask DeadLetterAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var letter = DeadLetter.Of(
            EntityNames.DeadLetter(_queue), delivery, "Unreadable",
            $"The queue '{_queue}' holds announcements of DStream's sessions, and this is none. Find its sender; the ingest queue is for DStream's ingester alone.");
        await _publisher.PublishAsync($"Dead-lettering a message of '{_queue}'", [letter], cancellationToken).ConfigureAwait(false);
        await Channel.BasicAckAsync(delivery.Tag, multiple: false, cancellationToken).ConfigureAwait(false);
    }
}
