namespace DStream.StandIns.ServiceBus.Faults;

/// <summary>What can be broken at once: the wire's side of the stand-in, or nothing in a test of the broker alone.</summary>
internal interface IFaultTarget
{
    /// <summary>Breaks all connections.</summary>
    int DropConnections();

    /// <summary>Ends links with an error.</summary>
    int DetachLinks(string? entity, string condition, string description);
}
