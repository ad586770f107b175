namespace DStream.Configuration;

/// <summary>What a provider expects in <c>connection_string</c>.</summary>
public enum ConnectionStringForm
{
    /// <summary>The provider has nothing to connect to; the key may be left out.</summary>
    None = 0,

    /// <summary>Anything that is not empty; the provider itself checks it.</summary>
    Any,

    /// <summary>ADO.NET form, or <c>sqlserver://</c> URL.</summary>
    SqlServer,

    /// <summary>Service Bus or Event Hubs: <c>Endpoint=sb://...</c> with a key or token, or without either for Entra ID.</summary>
    ServiceBus,

    /// <summary><c>amqp://user:password@host:port/vhost</c>, or <c>amqps://</c>.</summary>
    RabbitMq,

    /// <summary>A storage connection string, or <c>https://account.blob.core.windows.net</c> for Entra ID.</summary>
    AzureStorage,

    /// <summary><c>amqp://user:password@host:port</c>, or <c>amqps://</c>, of a plain AMQP 1.0 broker.</summary>
    Amqp,
}
