namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>What the wire's side needs to know.</summary>
internal sealed record AmqpSettings(
    int Port, SasTokens Tokens, bool AcceptAnyJwt, ulong MaxMessageBytes, ulong MaxBatchBytes, TimeProvider Time);
