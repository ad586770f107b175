using DStream.Core;

namespace DStream.RabbitMq;

/// <summary>A message that no queue would have got. The broker gave it back.</summary>
internal sealed class UnroutableException(string message) : ProviderException(message, isTransient: false);
