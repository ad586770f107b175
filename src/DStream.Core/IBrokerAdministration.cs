namespace DStream.Core;

/// <summary>Creates what is missing at a broker of queues and topics.</summary>
public interface IBrokerAdministration : IQueueAdministration, ITopicAdministration;
