namespace DStream.ServiceBus;

/// <summary>What carries AMQP to the broker.</summary>
public enum ServiceBusTransport
{
    /// <summary>TCP, with TLS except for the emulator; port 5671.</summary>
    Amqp,

    /// <summary>WebSockets, with TLS except for the emulator; port 443, through an HTTP proxy where there is one.</summary>
    AmqpWebSockets,
}
