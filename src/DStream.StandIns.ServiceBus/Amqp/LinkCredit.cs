using System.Runtime.CompilerServices;
using Amqp.Listener;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// The credit a client gave on a link. The library tells only differences, and forgets all credit when a flow brings no more of
/// it, as the flow that asks for a drain does; so its own figure has to be followed to know the true one.
/// Guarded by the link's owner.
/// </summary>
internal sealed class LinkCredit
{
    private int _library;

    /// <summary>How many messages may still be sent.</summary>
    public int Left { get; private set; }

    public void OnFlow(FlowContext flow)
    {
        Left = Math.Max(0, _library + flow.Messages);
        _library = flow.Messages > 0 ? _library + flow.Messages : unchecked((int)LibraryCredit(flow.Link));
    }

    public void OnSend()
    {
        Left--;
        _library--;
    }

    public void OnDrained() => Left = _library = 0;

    // The library's figure is not public, and between its flow and our hearing of it other threads may have sent.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Credit")]
    private static extern uint LibraryCredit(ListenerLink link);
}
