using RabbitMQ.Client;

namespace DStream.RabbitMq.Receiving;

/// <summary>A message as the broker delivered it; its body is its own.</summary>
/// <param name="Tag">The channel's number of the delivery.</param>
/// <param name="IsRedelivered">Whether the broker had delivered it before.</param>
/// <param name="Properties">Properties and headers.</param>
/// <param name="Body">A copy: the library takes its own back.</param>
internal sealed record Delivery(ulong Tag, bool IsRedelivered, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body);
