using Amqp.Framing;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// Carries out a client's outcome on a locked message, and gives the outcome the service answers with: accepted, or rejected
/// with the reason, such as a lost lock.
/// </summary>
internal sealed class Settlements(MessageQueue queue)
{
    private const string DeadLetterCondition = "com.microsoft:dead-letter";
    private const string ReasonKey = "DeadLetterReason";
    private const string DescriptionKey = "DeadLetterErrorDescription";

    public Outcome Settle(Guid lockToken, DeliveryState? outcome)
    {
        try
        {
            Apply(lockToken, outcome);
            return new Accepted();
        }
        catch (BrokerException refused)
        {
            return new Rejected { Error = AmqpErrors.From(refused) };
        }
    }

    private void Apply(Guid lockToken, DeliveryState? outcome)
    {
        switch (outcome)
        {
            case Accepted:
                queue.Complete(lockToken);
                break;
            case Rejected rejected:
                Reject(lockToken, rejected.Error);
                break;
            case Modified { UndeliverableHere: true } modified:
                queue.Defer(lockToken, Changes(modified.MessageAnnotations));
                break;
            case Modified modified:
                queue.Abandon(lockToken, Changes(modified.MessageAnnotations));
                break;
            default:
                // Released, or settled without an outcome: as if it had not been delivered.
                queue.Release(lockToken);
                break;
        }
    }

    private void Reject(Guid lockToken, Error? error)
    {
        var info = Changes(error?.Info);
        if (error?.Condition?.ToString() != DeadLetterCondition)
        {
            queue.MoveToDeadLetter(lockToken, error?.Condition?.ToString(), error?.Description);
            return;
        }

        var reason = info?.GetValueOrDefault(ReasonKey) as string;
        var description = info?.GetValueOrDefault(DescriptionKey) as string;
        info?.Remove(ReasonKey);
        info?.Remove(DescriptionKey);
        queue.MoveToDeadLetter(lockToken, reason, description, info);
    }

    /// <summary>The application properties a client sets or changes with a settlement.</summary>
    public static Dictionary<string, object>? Changes(Map? map)
    {
        if (map is null || map.Count == 0) return null;

        var changes = new Dictionary<string, object>();
        foreach (var (key, value) in map)
            if (value is not null) changes[key.ToString()!] = value;

        return changes;
    }
}
