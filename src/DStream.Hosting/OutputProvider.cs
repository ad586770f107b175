using DStream.Core;

namespace DStream.Hosting;

/// <summary>The output of a configuration: the topics' senders, and who creates them.</summary>
public sealed record OutputProvider(IMessageSenderFactory Senders, ITopicAdministration Administration);
