using Amqp.Framing;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>A link to or from an entity.</summary>
internal interface IOpenLink
{
    /// <summary>The entity's address as the client wrote it.</summary>
    string Path { get; }

    /// <summary>Ends the link.</summary>
    void Detach(Error error);
}
