using DStream.Core;

namespace DStream.ServiceBus.Connections;

/// <summary>The broker refused, and the transport itself looks at why: no session in time, or a lock that was lost.</summary>
internal sealed class BrokerRefusedException(string? condition, ProviderException mapped) : ProviderException(mapped.Message, mapped.IsTransient)
{
    public string? Condition => condition;
}
