namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>A refusal in the service's terms.</summary>
public sealed class BrokerException(BrokerError error, string message) : Exception(message)
{
    /// <summary>What kind of refusal; the wire's rooms map it to their own codes.</summary>
    public BrokerError Error { get; } = error;
}
