using RabbitMQ.Client;

namespace DStream.RabbitMq.Connections;

/// <summary>A message and where it goes.</summary>
internal readonly record struct Publication(string Exchange, string RoutingKey, BasicProperties Properties, ReadOnlyMemory<byte> Body);
