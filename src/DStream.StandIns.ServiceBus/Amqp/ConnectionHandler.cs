using System.Collections.Concurrent;
using System.Net.Sockets;
using Amqp;
using Amqp.Handler;
using DStream.StandIns.ServiceBus.Faults;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// All that belongs to one connection. The library tells its handler of events nobody else hears of: the socket, the moment
/// before a delivery goes out, a detach that comes while the attach is still unanswered, and the ends of links and sessions before they are answered.
/// </summary>
internal sealed class ConnectionHandler(AmqpServer server) : IHandler
{
    private readonly ConcurrentDictionary<Link, PendingAttach> _pending = new();
    private Socket? _socket;
    private int _sessions;

    public ClaimSet Claims { get; } = new(server.Settings.Time);

    public ReplyLinks Replies { get; } = new();

    /// <summary>The open links by what they do.</summary>
    public ConcurrentDictionary<Link, IOpenLink> Links { get; } = new();

    /// <summary>How many sessions are open; an ended one counts until its end was answered.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>How many links there were, those that are gone included.</summary>
    public long LinksSoFar { get; private set; }

    public bool CanHandle(EventId id) =>
        id is EventId.SocketAccept or EventId.ConnectionAccept or EventId.SendDelivery or EventId.LinkRemoteClose
            or EventId.SessionRemoteOpen or EventId.SessionRemoteClose;

    public void Handle(Event protocolEvent)
    {
        switch (protocolEvent.Id)
        {
            case EventId.SocketAccept:
                _socket = (Socket)protocolEvent.Context;
                if (server.Faults.Take(FaultKind.DropOnConnect, null) is not null) Drop();
                break;
            case EventId.ConnectionAccept:
                server.Add(protocolEvent.Connection, this);
                break;
            case EventId.SendDelivery:
                var delivery = (IDelivery)protocolEvent.Context;
                if (delivery.Message is TaggedMessage tagged) delivery.Tag = tagged.Tag;
                break;
            case EventId.LinkRemoteClose when _pending.TryGetValue(protocolEvent.Link, out var attach):
                attach.Abandon();
                break;
            // The library writes what a thread has to write in a session in that thread, its answers to detach and end among it, but gives the
            // session's channel to the next one at once: an answer that waits behind a delivery would come after the next session's begin.
            case EventId.LinkRemoteClose when Links.TryGetValue(protocolEvent.Link, out var open):
                (open as IDeliveringLink)?.Silence();
                break;
            case EventId.SessionRemoteOpen:
                Interlocked.Increment(ref _sessions);
                protocolEvent.Session.AddClosedCallback((_, _) => Interlocked.Decrement(ref _sessions));
                break;
            case EventId.SessionRemoteClose:
                foreach (var (link, open) in Links)
                    if (ReferenceEquals(link.Session, protocolEvent.Session)) (open as IDeliveringLink)?.Silence();
                break;
        }
    }

    /// <summary>Whether there were as many connections as there may be already when this one came.</summary>
    public bool IsOneTooMany { get; set; }

    public void Add(Link link, IOpenLink open)
    {
        LinksSoFar++;
        Links[link] = open;
        link.AddClosedCallback((_, _) => Links.TryRemove(link, out _));
    }

    public void Await(Link link, PendingAttach attach) => _pending[link] = attach;

    public void Forget(Link link) => _pending.TryRemove(link, out _);

    /// <summary>Breaks the connection as a lost network would.</summary>
    public void Drop()
    {
        try
        {
            // A reset, so that the peer notices at once.
            _socket?.Close(0);
        }
        catch (ObjectDisposedException)
        {
            // Somebody was faster.
        }
    }

    public void Closed()
    {
        Claims.Dispose();
        Links.Clear();
        _pending.Clear();
    }
}
