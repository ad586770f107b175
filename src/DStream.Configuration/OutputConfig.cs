namespace DStream.Configuration;

/// <summary>The router's <c>output</c> block.</summary>
public sealed record OutputConfig
{
    /// <summary>What stands for a topic's name in an address.</summary>
    public const string DestinationPlace = "{destination}";

    /// <summary>The topic's name itself.</summary>
    public const string DefaultAddress = DestinationPlace;

    /// <summary>The provider's canonical type; aliases are resolved.</summary>
    public required string Type { get; init; }

    /// <summary>A secret. Empty where the provider takes none. A namespace without a key means Entra ID credentials.</summary>
    public string ConnectionString { get; init; } = "";

    /// <summary>What carries AMQP, for a provider that speaks it.</summary>
    public AmqpTransport Transport { get; init; }

    /// <summary>How the broker calls a topic, for a provider that has addresses: <c>{destination}</c> stands for the topic's name.</summary>
    public string Address { get; init; } = DefaultAddress;

    /// <summary>The subscription that each new topic gets.</summary>
    public string Subscription { get; init; } = "sub1";

    /// <summary>Whether missing topics and their subscription are created.</summary>
    public bool CreateEntities { get; init; } = true;

    // I8
    public override string ToString() =>
        $"OutputConfig {{ Type = {Type}, ConnectionString = {Secret.Mask(ConnectionString)}, Transport = {Transport}, Address = {Address}, "
        + $"Subscription = {Subscription}, CreateEntities = {CreateEntities} }}";
}
