using DStream.Core;

namespace DStream.Hosting;

/// <summary>The queue of a configuration: both ends of it, and who creates it.</summary>
public sealed record QueueProvider(IMessageSenderFactory Senders, IMessageReceiverFactory Receivers, IQueueAdministration Administration);
