namespace DStream.Configuration;

/// <summary>What carries AMQP to Service Bus, in the order of the words that the key takes.</summary>
public enum AmqpTransport
{
    /// <summary>TCP with TLS, port 5671.</summary>
    Amqp,

    /// <summary>WebSockets with TLS, port 443.</summary>
    AmqpWebSockets,
}
