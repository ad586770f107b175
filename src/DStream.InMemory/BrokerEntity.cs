using DStream.Core;

namespace DStream.InMemory;

/// <summary>Something that is sent to: a queue with its one store, or a topic with one for each subscription. Used under the broker's lock.</summary>
internal sealed class BrokerEntity(string name, bool isTopic, DuplicateWindow duplicates)
{
    public string Name { get; } = name;

    public bool IsTopic { get; } = isTopic;

    public List<MessageStore> Stores { get; } = [];

    /// <summary>Messages that were dropped since their MessageId was known.</summary>
    public long Duplicates { get; private set; }

    public bool RequiresSession => Stores is [{ RequiresSession: true }];

    public void Store(ReadOnlySpan<OutboundMessage> messages, ReadOnlySpan<string> ids)
    {
        for (var i = 0; i < messages.Length; i++)
        {
            if (!duplicates.TryAdd(ids[i]))
            {
                Duplicates++;
                continue;
            }

            foreach (var store in Stores) store.Add(messages[i]);
        }
    }
}
