namespace DStream.Configuration;

/// <summary>The ingest queue, as the ingester's <c>queue</c> or the router's <c>source</c> names it.</summary>
public sealed record QueueConfig
{
    /// <summary>The provider's canonical type; aliases are resolved.</summary>
    public required string Type { get; init; }

    public required string Name { get; init; }

    /// <summary>A secret. Empty where the provider takes none. A namespace without a key means Entra ID credentials.</summary>
    public string ConnectionString { get; init; } = "";

    /// <summary>What carries AMQP, for a provider that speaks it.</summary>
    public AmqpTransport Transport { get; init; }

    /// <summary>Whether a missing queue is created.</summary>
    public bool CreateEntities { get; init; } = true;

    // I8
    public override string ToString() =>
        $"QueueConfig {{ Type = {Type}, Name = {Name}, ConnectionString = {Secret.Mask(ConnectionString)}, Transport = {Transport}, "
        + $"CreateEntities = {CreateEntities} }}";
}
