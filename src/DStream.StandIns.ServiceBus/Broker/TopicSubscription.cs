using DStream.StandIns.ServiceBus.Rules;

namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>A subscription: its messages, and the rules that say which it gets.</summary>
internal sealed class TopicSubscription(MessageQueue queue, SubscriptionRules rules)
{
    public MessageQueue Queue { get; } = queue;

    public SubscriptionRules Rules { get; } = rules;

    /// <summary>Takes what the rules select of a message.</summary>
    public void Take(BrokerMessage message, long topicSequenceNumber)
    {
        var selection = Rules.Select(message);
        foreach (var copy in selection.Copies) Queue.SendFromTopic(copy, topicSequenceNumber);
        if (selection.Failure is { } why && Queue.Options.DeadLetteringOnFilterEvaluationExceptions)
            Queue.DeadLetterFromTopic(message, topicSequenceNumber, "FilterException", why);
    }
}
