using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>Turns the payload of a transfer into messages for the broker, reading only what the broker decides by.</summary>
internal static class IncomingMessages
{
    /// <summary>The message format of a batch: each data section holds one encoded message.</summary>
    public const uint BatchFormat = 0x80013700;

    private const int SessionIdField = 10;

    // The broker's own annotations: a sender that forwards a received message must not be able to forge them.
    private static readonly HashSet<string> BrokersOwn = new(StringComparer.Ordinal)
    {
        Annotations.SequenceNumber, Annotations.EnqueuedTime, Annotations.LockedUntil, Annotations.EnqueuedSequenceNumber,
        Annotations.DeadLetterSource, Annotations.MessageState, Annotations.Offset, "x-opt-lock-token",
    };

    /// <summary>Reads one message. The result refers to <paramref name="payload"/>, which must stay as it is.</summary>
    public static BrokerMessage Read(ReadOnlyMemory<byte> payload) => Read(payload, envelopeKey: null);

    private static BrokerMessage Read(ReadOnlyMemory<byte> payload, string? envelopeKey)
    {
        var reader = new EncodedReader(payload.Span);
        TimeSpan? timeToLive = null;
        string? messageId = null, sessionId = null;
        var annotations = SenderAnnotations.None;
        var bareFrom = -1;
        while (!reader.AtEnd)
        {
            var start = reader.Position;
            var descriptor = reader.ReadDescriptor();
            if (descriptor >= Sections.Properties && bareFrom < 0) bareFrom = start;
            switch (descriptor)
            {
                case Sections.Header:
                    timeToLive = ReadTimeToLive(ref reader);
                    break;
                case Sections.MessageAnnotations:
                    annotations = ReadAnnotations(ref reader, payload);
                    break;
                case Sections.Properties:
                    (messageId, sessionId) = ReadProperties(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new BrokerMessage
        {
            Bare = bareFrom < 0 ? default : payload[bareFrom..],
            Annotations = annotations.Pairs,
            AnnotationItems = annotations.Items,
            MessageId = messageId,
            SessionId = sessionId,
            PartitionKey = envelopeKey ?? annotations.PartitionKey,
            TimeToLive = timeToLive,
            ScheduledEnqueueTime = annotations.Due,
        };
    }

    /// <summary>Reads the messages of a batch, each into memory of its own, so that one kept does not keep all.</summary>
    public static List<BrokerMessage> ReadBatch(ReadOnlySpan<byte> payload, ulong maxMessageBytes)
    {
        var messages = new List<BrokerMessage>();
        var reader = new EncodedReader(payload);
        string? key = null;
        while (!reader.AtEnd)
        {
            var descriptor = reader.ReadDescriptor();
            if (descriptor == Sections.MessageAnnotations) key = ReadAnnotations(ref reader, payload.ToArray()).PartitionKey;
            else if (descriptor != Sections.Data) reader.Skip();
            if (descriptor != Sections.Data) continue;

            var encoded = payload[reader.ReadBinary()];
            if ((ulong)encoded.Length > maxMessageBytes) throw TooLarge(encoded.Length, maxMessageBytes);
            messages.Add(Read(encoded.ToArray(), key));
        }

        return messages;
    }

    public static BrokerException TooLarge(long bytes, ulong maxBytes) => new(BrokerError.MessageTooLarge,
        $"The received message (size {bytes}) exceeds the limit ({maxBytes}) currently allowed on the link.");

    private static TimeSpan? ReadTimeToLive(ref EncodedReader reader)
    {
        TimeSpan? timeToLive = null;
        var fields = reader.Enter(out var end);
        for (var i = 0; i < fields && reader.Position < end; i++)
        {
            if (i == 2 && reader.ReadUInt() is { } milliseconds) timeToLive = TimeSpan.FromMilliseconds(milliseconds);
            else if (i != 2) reader.Skip();
        }

        return timeToLive;
    }

    private static (string? MessageId, string? SessionId) ReadProperties(ref EncodedReader reader)
    {
        string? messageId = null, sessionId = null;
        var fields = reader.Enter(out var end);
        for (var i = 0; i < fields && reader.Position < end; i++)
        {
            if (i == 0) messageId = reader.ReadText();
            else if (i == SessionIdField) sessionId = reader.ReadText();
            else reader.Skip();
        }

        return (messageId, sessionId);
    }

    private static SenderAnnotations ReadAnnotations(ref EncodedReader reader, ReadOnlyMemory<byte> payload)
    {
        DateTimeOffset? due = null;
        string? partitionKey = null;
        var kept = new List<ReadOnlyMemory<byte>>();
        var items = reader.Enter(out var end);
        while (reader.Position < end)
        {
            var from = reader.Position;
            var key = reader.ReadText();
            if (key == Annotations.ScheduledEnqueueTime) due = reader.ReadTimestamp();
            else if (key == Annotations.PartitionKey) partitionKey = reader.ReadText();
            else reader.Skip();
            if (key is not null && !BrokersOwn.Contains(key)) kept.Add(payload[from..reader.Position]);
        }

        // Where all are kept they stand together already.
        var together = kept.Count * 2 == items && kept.Count > 0
            ? payload[(end - kept.Sum(static pair => pair.Length))..end]
            : kept.SelectMany(static pair => pair.ToArray()).ToArray();
        return new SenderAnnotations(together, kept.Count * 2, due, partitionKey);
    }

    /// <summary>The sender's annotations as encoded pairs, and what the broker reads of them.</summary>
    private readonly record struct SenderAnnotations(ReadOnlyMemory<byte> Pairs, int Items, DateTimeOffset? Due, string? PartitionKey)
    {
        public static SenderAnnotations None { get; }
    }
}
