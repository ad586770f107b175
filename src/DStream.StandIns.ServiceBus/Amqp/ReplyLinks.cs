using System.Collections.Concurrent;
using Amqp;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// The links of one connection on which requests to <c>$cbs</c> and <c>$management</c> are answered. A client names the link in
/// the request's reply-to by target address, or, as the JavaScript SDK does, which gives no target address, by link name.
/// </summary>
internal sealed class ReplyLinks
{
    private readonly ConcurrentDictionary<Link, ReplyLink> _links = new();

    public void Add(Link link, ReplyLink replies) => _links[link] = replies;

    public void Remove(Link link) => _links.TryRemove(link, out _);

    public ReplyLink? Find(string node, string? replyTo, Session session)
    {
        var candidates = _links.Values.Where(link => link.Node.Equals(node, StringComparison.OrdinalIgnoreCase)).ToArray();
        return Array.Find(candidates, link => replyTo is not null && (replyTo == link.TargetAddress || replyTo == link.Name))
            ?? Array.Find(candidates, link => link.IsOf(session))
            ?? candidates.FirstOrDefault();
    }
}
