namespace DStream.Configuration;

/// <summary>The router's <c>output</c> block.</summary>
public sealed record OutputConfig
{
    /// <summary>The provider's canonical type; aliases are resolved.</summary>
    public required string Type { get; init; }

    /// <summary>A secret. Empty where the provider takes none. A namespace without a key means Entra ID credentials.</summary>
    public string ConnectionString { get; init; } = "";

    /// <summary>What carries AMQP, for a provider that speaks it.</summary>
    public AmqpTransport Transport { get; init; }

    /// <summary>The subscription that each new topic gets.</summary>
    public string Subscription { get; init; } = "sub1";

    /// <summary>Whether missing topics and their subscription are created.</summary>
    public bool CreateEntities { get; init; } = true;

    // I8
    public override string ToString() =>
        $"OutputConfig {{ Type = {Type}, ConnectionString = {Secret.Mask(ConnectionString)}, Transport = {Transport}, "
        + $"Subscription = {Subscription}, CreateEntities = {CreateEntities} }}";
}
