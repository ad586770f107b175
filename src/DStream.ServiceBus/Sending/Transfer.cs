using Amqp;
using Amqp.Framing;

namespace DStream.ServiceBus.Sending;

/// <summary>One AMQP transfer on its way, and the broker's answer to it.</summary>
internal sealed class Transfer(Message message)
{
    private readonly TaskCompletionSource<Outcome?> _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Message Message => message;

    /// <summary>Ends with the broker's outcome; null where the library tells none.</summary>
    public Task<Outcome?> Acknowledged => _acknowledged.Task;

    /// <summary>Whether it no longer waits for credit.</summary>
    public bool IsOnItsWay => message.DeliveryTag is not null;

    public void Begin(SenderLink link) =>
        link.Send(message, null, static (_, _, outcome, state) => ((TaskCompletionSource<Outcome?>)state).TrySetResult(outcome), _acknowledged);
}
