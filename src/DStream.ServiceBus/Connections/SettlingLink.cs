using System.Runtime.CompilerServices;
using Amqp;
using Amqp.Framing;
using Amqp.Handler;
using Amqp.Types;

namespace DStream.ServiceBus.Connections;

/// <summary>
/// A receiver link that settles ranges of deliveries and hears the broker's answer. The library settles each delivery alone and at once, without
/// an answer, so that a lost lock would go unnoticed; its sending of a performative is not public and is reached by name. A test fails
/// should a newer version have renamed it.
/// </summary>
internal sealed class SettlingLink(Session session, string name, Attach attach, OnAttached onAttached) : ReceiverLink(session, name, attach, onAttached)
{
    /// <summary>Hears of each delivery that the broker settled or refused to. Called on the reader thread; must not throw.</summary>
    public Action<IDelivery>? StateChanged { get; set; }

    public void OnStateChanged(IDelivery delivery) => StateChanged?.Invoke(delivery);

    /// <summary>Says what became of the deliveries from first to last, both included.</summary>
    /// <param name="first">First delivery id.</param>
    /// <param name="last">Last delivery id.</param>
    /// <param name="state">Their outcome.</param>
    /// <param name="settled">False asks the broker to answer with its own settlement.</param>
    public void Dispose(uint first, uint last, DeliveryState state, bool settled)
    {
        if (IsClosed || Session.IsClosed) throw new AmqpException(Error ?? Session.Error ?? new Error(ErrorCode.IllegalState) { Description = "The link is closed." });
        SendCommand(Session, new Dispose { Role = true, First = first, Last = last, Settled = settled, State = state });
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SendCommand")]
    private static extern void SendCommand(Session session, DescribedList command);
}
