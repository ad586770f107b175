using Amqp;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// Closes what is idle, as the service does (service-bus-amqp-troubleshoot): a connection without links after a minute at the start and after
/// five later, a link without messages after ten. Looks at all of them every now and then, by the clock of the options.
/// </summary>
internal sealed class IdleWatch : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AtStart = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WithoutLinks = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan WithoutMessages = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Func<IEnumerable<KeyValuePair<Connection, ConnectionHandler>>> _connections;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private Dictionary<object, (long Seen, DateTimeOffset Since)> _idle = [];

    public IdleWatch(Func<IEnumerable<KeyValuePair<Connection, ConnectionHandler>>> connections, TimeProvider time)
    {
        _connections = connections;
        _time = time;
        _timer = time.CreateTimer(static watch => ((IdleWatch)watch!).LookAround(), this, Look, Look);
    }

    public void Dispose() => _timer.Dispose();

    private void LookAround()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            var before = _idle;
            _idle = [];
            foreach (var (connection, handler) in _connections())
            {
                // A link that came or went since the last look is as good as one that is there.
                var sinceLinks = Since(connection, handler.Links.IsEmpty ? handler.LinksSoFar : -1, now, before);
                if (now - sinceLinks >= (handler.LinksSoFar == 0 ? AtStart : WithoutLinks)) Close(connection, handler.LinksSoFar == 0 ? AtStart : WithoutLinks);

                foreach (var link in handler.Links.Values)
                {
                    var since = Since(link, link.HasCredit ? -1 : link.Activity, now, before);
                    if (now - since >= WithoutMessages) link.Detach(AmqpErrors.Make(AmqpErrors.DetachForced,
                        $"The link to '{link.Path}' is force detached by the broker. Detach origin: IdleTimerExpired: Idle timeout: {WithoutMessages:c}."));
                }
            }
        }
    }

    private DateTimeOffset Since(object what, long seen, DateTimeOffset now, Dictionary<object, (long Seen, DateTimeOffset Since)> before)
    {
        var known = seen >= 0 && before.TryGetValue(what, out var was) && was.Seen == seen ? was : (seen, now);
        _idle[what] = known;
        return known.Item2;
    }

    private static void Close(Connection connection, TimeSpan limit)
    {
        try
        {
            connection.Close(TimeSpan.Zero, AmqpErrors.Make("amqp:connection:forced",
                $"The connection was inactive for more than the allowed {limit.TotalMilliseconds} milliseconds and is closed by container 'stand-in'."));
        }
        catch (Exception gone) when (gone is AmqpException or ObjectDisposedException)
        {
            // It ended by itself.
        }
    }
}
