using Amqp.Framing;
using Amqp.Types;
using DStream.Core;

namespace DStream.ServiceBus.Sending;

/// <summary>Reads what an entity takes from its answer to the attach.</summary>
internal static class SenderLimits
{
    /// <summary>Most messages in a batch that the service takes.</summary>
    public const int MaxBatchMessages = 4500;

    private const long DefaultBatchBytes = 1024 * 1024;
    private const long LargestMessageBytes = 100L * 1024 * 1024;

    /// <summary>A single message: max-message-size, where 0 means no limit. A batch: the link's own property, else 1 MB or a message if that
    /// is less. Source: SERVICEBUS-FACTS.</summary>
    public static SendLimits From(Attach reply)
    {
        var message = reply.MaxMessageSize is 0 or > LargestMessageBytes ? LargestMessageBytes : (long)reply.MaxMessageSize;
        var batch = BatchBytes(reply.Properties) ?? Math.Min(message, DefaultBatchBytes);
        return new SendLimits(message, Math.Max(batch - MessageEncoder.EnvelopeBytes, 1), MaxBatchMessages, MessageEncoder.FramingBytes);
    }

    private static long? BatchBytes(Fields? properties)
    {
        if (properties is null || !properties.TryGetValue(new Symbol("com.microsoft:max-message-batch-size"), out var value)) return null;
        long? bytes = value switch
        {
            ulong number => number > long.MaxValue ? LargestMessageBytes : (long)number,
            long number => number,
            uint number => number,
            int number => number,
            _ => null,
        };
        return bytes is > 0 ? Math.Min(bytes.Value, LargestMessageBytes) : null;
    }
}
