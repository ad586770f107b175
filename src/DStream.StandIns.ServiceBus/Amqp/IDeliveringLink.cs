namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>A link on which messages go out, from other threads than the connection's reader.</summary>
internal interface IDeliveringLink : IOpenLink
{
    /// <summary>Ends the link's work; when it returns, no delivery is being written any more, and none will be.</summary>
    void Silence();
}
