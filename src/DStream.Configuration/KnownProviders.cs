namespace DStream.Configuration;

/// <summary>The providers that this program can construct; a <c>type</c> outside of it is an error that lists them.</summary>
public sealed record KnownProviders
{
    private static readonly KnownProvider AzureServiceBus = new("azure_service_bus", ConnectionStringForm.ServiceBus)
    {
        Aliases = ["servicebus"],
        HasTransports = true,
    };

    private static readonly KnownProvider AzureEventHubs = new("azure_event_hubs", ConnectionStringForm.ServiceBus)
    {
        Aliases = ["eventhubs"],
        HasTransports = true,
        NoQueueBecause = "an event hub has no sessions and no settlement",
        MustAcceptDuplicates = true,
    };

    private static readonly KnownProvider Amqp = new("amqp", ConnectionStringForm.Amqp)
    {
        HasAddresses = true,
        IsAdministrated = false,
        NoQueueBecause = "an AMQP broker has no sessions, by which each table has one consumer and keeps its order",
        MustAcceptDuplicates = true,
    };

    private static readonly KnownProvider RabbitMq = new("rabbitmq", ConnectionStringForm.RabbitMq) { MustAcceptDuplicates = true };
    private static readonly KnownProvider Memory = new("memory", ConnectionStringForm.None);

    /// <summary>The providers in this repository.</summary>
    public static KnownProviders Shipped { get; } = new()
    {
        Databases = [new("sqlserver", ConnectionStringForm.SqlServer)],
        Queues = [AzureServiceBus, RabbitMq, Memory],
        Outputs = [AzureServiceBus, AzureEventHubs, RabbitMq, Amqp, new("console", ConnectionStringForm.None), Memory],
        Locks = [new("azure_blob", ConnectionStringForm.AzureStorage), Memory],
    };

    /// <summary>For the ingester's <c>db_type</c>.</summary>
    public required IReadOnlyList<KnownProvider> Databases { get; init; }

    /// <summary>For the ingester's <c>queue</c> and the router's <c>source</c>.</summary>
    public required IReadOnlyList<KnownProvider> Queues { get; init; }

    /// <summary>For the router's <c>output</c>.</summary>
    public required IReadOnlyList<KnownProvider> Outputs { get; init; }

    /// <summary>For the ingester's <c>locks</c>.</summary>
    public required IReadOnlyList<KnownProvider> Locks { get; init; }
}
