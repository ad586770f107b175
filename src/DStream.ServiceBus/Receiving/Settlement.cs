using Amqp.Framing;

namespace DStream.ServiceBus.Receiving;

/// <summary>Waits until the broker has answered for each of several deliveries. Thread-safe.</summary>
internal sealed class Settlement(int deliveries, bool asksRejection)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _remaining = deliveries;
    private Error? _refusal;

    public Task Done => _done.Task;

    /// <summary>The first refusal; null where the broker did all of it.</summary>
    public Error? Refusal => _refusal;

    /// <summary>Takes the broker's answer for one delivery, and returns its refusal; null where it did as asked.</summary>
    public Error? Answer(DeliveryState? state)
    {
        var refusal = RefusalIn(state);
        if (refusal is not null) Interlocked.CompareExchange(ref _refusal, refusal, null);
        if (Interlocked.Decrement(ref _remaining) == 0) _done.TrySetResult();
        return refusal;
    }

    public void Fail(Exception exception) => _done.TrySetException(exception);

    // What was asked comes back; a rejection that was not asked for, or that names a lost lock, is the broker's refusal.
    private Error? RefusalIn(DeliveryState? state) => state switch
    {
        Rejected { Error: null } when asksRejection => null,
        Rejected { Error: { } error } when asksRejection && error.Condition?.ToString() == ServiceBusErrors.DeadLetter => null,
        // An unknown delivery is one whose lock has gone.
        Rejected { Error: { } error } when error.Condition?.ToString() == ServiceBusErrors.NotFound =>
            new Error(ServiceBusErrors.MessageLockLost) { Description = error.Description },
        Rejected { Error: var error } => error ?? new Error(ServiceBusErrors.MessageLockLost),
        _ => null,
    };
}
