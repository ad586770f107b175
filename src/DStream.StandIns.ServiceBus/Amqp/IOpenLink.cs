using Amqp.Framing;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>A link to or from an entity.</summary>
internal interface IOpenLink
{
    /// <summary>The entity's address as the client wrote it.</summary>
    string Path { get; }

    /// <summary>What its token must allow.</summary>
    AccessRights Needs { get; }

    /// <summary>Grows with every message: while it stands still the link is idle.</summary>
    long Activity { get; }

    /// <summary>Whether the client waits for messages, which counts as activity.</summary>
    bool HasCredit { get; }

    /// <summary>Ends the link.</summary>
    void Detach(Error error);
}
