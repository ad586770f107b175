using DStream.Core;

namespace DStream.Benchmarks.Ingest;

/// <summary>Every message of the table as the transport encodes it, in the batches in which the product sent it.</summary>
internal sealed record EncodedMessages(IReadOnlyList<OutboundMessage[]> Batches, int Rows, long Bytes);
