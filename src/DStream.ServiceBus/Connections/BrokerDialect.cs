namespace DStream.ServiceBus.Connections;

/// <summary>What differs between the services that speak this dialect of AMQP.</summary>
/// <param name="Service">Its name, for people.</param>
/// <param name="EntraScope">What a token of Microsoft Entra is asked for.</param>
internal sealed record BrokerDialect(string Service, string EntraScope)
{
    /// <summary>Queues, topics, sessions, settlement.</summary>
    public static BrokerDialect ServiceBus { get; } = new("Service Bus", "https://servicebus.azure.net/.default");

    /// <summary>Event hubs: partitions and their keys, no settlement.
    /// Source: https://learn.microsoft.com/azure/event-hubs/authorize-access-azure-active-directory.</summary>
    public static BrokerDialect EventHubs { get; } = new("Event Hubs", "https://eventhubs.azure.net/.default");
}
