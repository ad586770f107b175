using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>Sends replies to a client, no sooner than it gives credit.</summary>
internal sealed class ReplyLink(ListenerLink link, string node, string? targetAddress) : LinkEndpoint
{
    private readonly Lock _gate = new();
    private readonly Queue<Message> _waiting = new();
    private int _credit;

    public string Node { get; } = node;

    public string? TargetAddress { get; } = targetAddress;

    public string Name => link.Name;

    public bool IsOf(Session session) => ReferenceEquals(link.Session, session);

    public void Send(Message reply)
    {
        lock (_gate)
        {
            _waiting.Enqueue(reply);
            Flush();
        }
    }

    public override void OnFlow(FlowContext flowContext)
    {
        lock (_gate)
        {
            _credit += Math.Max(0, flowContext.Messages);
            Flush();
        }
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
        // A client may answer a reply; there is nothing to do but to let the library forget it.
        if (!dispositionContext.Settled) dispositionContext.Link.DisposeMessage(dispositionContext.Message, new Accepted(), settled: true);
    }

    private void Flush()
    {
        while (_credit > 0 && !link.IsClosed && _waiting.TryDequeue(out var reply))
        {
            _credit--;
            try
            {
                link.SendMessage(reply);
            }
            catch (Exception gone) when (gone is AmqpException or ObjectDisposedException)
            {
                // The connection ended between the look and the send: nobody is left to reply to.
                return;
            }
        }
    }
}
