namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>The states the administration can put an entity in, in the service's words.</summary>
public enum EntityStatus
{
    /// <summary>Takes and gives messages.</summary>
    Active,

    /// <summary>Neither takes nor gives messages.</summary>
    Disabled,

    /// <summary>Gives messages, takes none.</summary>
    SendDisabled,

    /// <summary>Takes messages, gives none.</summary>
    ReceiveDisabled,
}
