namespace DStream.Sandbox;

/// <summary>Connection strings of the servers of a sandbox, with which any other client can attach too.</summary>
/// <param name="Database">ADO.NET.</param>
/// <param name="ServiceBus">Service Bus.</param>
/// <param name="Blob">Azure Storage; null where leases are held in this process.</param>
public sealed record SandboxConnections(string Database, string ServiceBus, string? Blob)
{
    /// <summary>RabbitMQ; null where there is none.</summary>
    public string? RabbitMq { get; init; }
}
