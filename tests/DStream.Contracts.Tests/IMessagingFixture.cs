using DStream.Core;

namespace DStream.Contracts.Tests;

/// <summary>A broker to hold against the messaging contracts.</summary>
public interface IMessagingFixture : IAsyncDisposable
{
    IMessageSenderFactory Senders { get; }

    IMessageReceiverFactory Receivers { get; }

    IBrokerAdministration Administration { get; }

    /// <summary>Whether queues and topics drop a message whose MessageId they know. Where not, each copy is delivered, in the order of the sends.</summary>
    bool DetectsDuplicates => true;

    /// <summary>Takes that many messages out of a subscription, in order; fails the test when they do not come.</summary>
    Task<IReadOnlyList<TakenMessage>> TakeFromSubscriptionAsync(string topic, string subscription, int count, CancellationToken cancellationToken);

    /// <summary>Takes that many messages out of a queue's dead-letter queue, in order; fails the test when they do not come.</summary>
    Task<IReadOnlyList<TakenMessage>> TakeDeadLettersAsync(string queue, int count, CancellationToken cancellationToken);
}
