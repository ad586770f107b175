using Amqp.Listener;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>An attach that waits for a session. Answered once, by whoever comes first: a session, the timeout, or the client's detach.</summary>
internal sealed class PendingAttach(AttachContext context, CancellationTokenSource waiting)
{
    /// <summary>The client went away: stop looking, and answer so that the library can take the detach.</summary>
    public void Abandon()
    {
        waiting.Cancel();
        context.Complete(AmqpErrors.From(new BrokerException(BrokerError.Timeout, "The link was detached before it was attached.")));
    }
}
