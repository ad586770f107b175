namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>A named key of the whole namespace.</summary>
public sealed record AccessRule(string Name, string Key, AccessRights Rights);
