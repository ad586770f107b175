using System.Security.Cryptography.X509Certificates;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>What the wire's side needs to know.</summary>
internal sealed record AmqpSettings(
    int Port, SasTokens Tokens, bool AcceptAnyJwt, ulong MaxMessageBytes, ulong MaxBatchBytes, bool CloseIdle, TimeProvider Time)
{
    /// <summary>Where AMQP is served over TLS, if there is a certificate.</summary>
    public int TlsPort { get; init; }

    public X509Certificate2? Certificate { get; init; }
}
