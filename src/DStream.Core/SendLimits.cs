namespace DStream.Core;

/// <summary>What one send may hold.</summary>
/// <param name="MaxMessageBytes">Largest single message, its properties and framing included.</param>
/// <param name="MaxBatchBytes">Largest batch of several messages, framing included.</param>
/// <param name="MaxBatchMessages">Most messages in a batch.</param>
/// <param name="FramingBytes">Upper bound of what the protocol adds to one message's <see cref="OutboundMessage.ContentBytes"/>.</param>
public sealed record SendLimits(long MaxMessageBytes, long MaxBatchBytes, int MaxBatchMessages, int FramingBytes);
