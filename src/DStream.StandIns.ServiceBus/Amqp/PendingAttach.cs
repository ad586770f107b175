using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// An attach that is not answered, because it waits for a session for example. Answered once, by whoever comes first: a session, the timeout, or the client's detach. The library
/// fails the whole connection over a detach that comes before it has noted the answer, so that the detach waits for that. Thread-safe.
/// </summary>
internal sealed class PendingAttach(AttachContext context, CancellationTokenSource waiting)
{
    private readonly Lock _gate = new();
    private bool _answered;

    /// <summary>Cancelled when nobody waits any more.</summary>
    public CancellationToken Waiting => waiting.Token;

    public void StopWaiting() => waiting.Cancel();

    /// <summary>Answers, unless that was done already.</summary>
    public bool TryAnswer(Action answer)
    {
        lock (_gate)
        {
            if (_answered) return false;

            _answered = true;
            answer();
            return true;
        }
    }

    /// <summary>Stops looking, and answers with an error.</summary>
    /// <returns>False where it was answered before.</returns>
    public bool Refuse(Error error)
    {
        StopWaiting();
        return TryAnswer(() =>
        {
            try
            {
                if (!context.Link.IsClosed) context.Complete(error);
            }
            catch (Exception gone) when (gone is AmqpException or ObjectDisposedException)
            {
                // The connection ended first: nobody waits for the answer.
            }
        });
    }

    /// <summary>The client went away: stop looking, and answer so that the library can take the detach.</summary>
    public void Abandon() => Refuse(AmqpErrors.From(new BrokerException(BrokerError.Timeout, "The link was detached before it was attached.")));
}
