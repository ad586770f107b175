using System.Text;

namespace DStream.Core;

/// <summary>One message on its way to a broker. Its memory belongs to whoever made it, until the send has ended.</summary>
/// <param name="MessageId">ASCII, at most 128 bytes: the broker's key for duplicate detection (I5).</param>
/// <param name="SessionId">Messages of one session stay in order; at most 128 characters; null where there are no sessions.</param>
/// <param name="Headers">What the table's messages have in common; null for a message that DStream did not make.</param>
/// <param name="Lsn">ASCII, application property <c>LSN</c>.</param>
/// <param name="TraceParent">W3C trace context, application property <c>traceparent</c>; null for none.</param>
/// <param name="Body">UTF-8 JSON.</param>
public readonly record struct OutboundMessage(
    ReadOnlyMemory<byte> MessageId, string? SessionId, MessageHeaders? Headers, ReadOnlyMemory<byte> Lsn, string? TraceParent,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>
    /// The message as the broker's protocol encoded it, where it was received and is passed on: a sender of the same protocol sends
    /// these bytes unchanged. Empty for a message that was made here.
    /// </summary>
    public ReadOnlyMemory<byte> Encoded { get; init; }

    /// <summary>Bytes of the parts that vary, texts in UTF-8, before the protocol's own framing.</summary>
    public int ContentBytes => Encoded.IsEmpty
        ? Body.Length + MessageId.Length + Lsn.Length + BytesOf(SessionId) + BytesOf(TraceParent) + (Headers?.TextBytes ?? 0)
        : Encoded.Length;

    private static int BytesOf(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
