namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>What a key allows.</summary>
[Flags]
public enum AccessRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>To receive, and to manage sessions and rules of a subscription.</summary>
    Listen = 1,

    /// <summary>To send.</summary>
    Send = 2,

    /// <summary>To create, change and delete entities; comes with the two others.</summary>
    Manage = 4,

    /// <summary>Everything.</summary>
    All = Listen | Send | Manage,
}
