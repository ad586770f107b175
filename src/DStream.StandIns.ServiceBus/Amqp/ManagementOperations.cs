using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>What <c>$management</c> can do, by the operation's name. Null as an answer means "no content".</summary>
internal static class ManagementOperations
{
    public static readonly Dictionary<string, Func<MessageQueue, ManagementRequest, Map?>> Receiving = new(StringComparer.Ordinal)
    {
        ["renew-lock"] = RenewLock,
        ["renew-session-lock"] = static (queue, request) => new Map
        {
            ["expiration"] = queue.RenewSession(request.SessionId, request.IsOf).UtcDateTime,
        },
        ["peek-message"] = Peek,
        ["receive-by-sequence-number"] = ReceiveDeferred,
        ["update-disposition"] = UpdateDisposition,
        ["get-session-state"] = static (queue, request) => new Map
        {
            ["session-state"] = queue.GetSessionState(request.SessionId, request.IsOf)?.ToArray(),
        },
        ["set-session-state"] = static (queue, request) =>
        {
            // A null array would become an empty state, and no none.
            ReadOnlyMemory<byte>? state = request.Body["session-state"] is byte[] given ? new ReadOnlyMemory<byte>(given) : null;
            queue.SetSessionState(request.SessionId, state, request.IsOf);
            return [];
        },
        ["get-message-sessions"] = ListSessions,
        ["batch-delete-messages"] = static (queue, request) =>
        {
            var before = request.Body["enqueued-time-utc"] is DateTime time ? new DateTimeOffset(time.ToUniversalTime()) : DateTimeOffset.MaxValue;
            var count = queue.DeleteMessages((int)request.Number("message-count"), before, request.Text("session-id"));
            return count == 0 ? null : new Map { ["message-count"] = count };
        },
    };

    public static readonly Dictionary<string, Func<ManagementSink, ManagementRequest, Map?>> Sending = new(StringComparer.Ordinal)
    {
        ["schedule-message"] = Schedule,
        ["cancel-scheduled-message"] = static (sink, request) =>
        {
            sink.Cancel(request.Items<long>("sequence-numbers"));
            return [];
        },
    };

    // The latest time there is asks for the sessions with messages; any other, for those whose state was set since.
    private static Map? ListSessions(MessageQueue queue, ManagementRequest request)
    {
        var since = request.Body["last-updated-time"] is DateTime { Year: < 9999 } time ? new DateTimeOffset(time.ToUniversalTime()) : (DateTimeOffset?)null;
        var skip = (int)request.Number("skip");
        var found = queue.ListSessions(since).Skip(skip).Take((int)request.Number("top")).ToArray();
        return found.Length == 0 ? null : new Map { ["skip"] = skip + found.Length, ["sessions-ids"] = found };
    }

    private static Map RenewLock(MessageQueue queue, ManagementRequest request) => new()
    {
        ["expirations"] = queue.RenewLocks(request.Items<Guid>("lock-tokens")).Select(static until => until.UtcDateTime).ToArray(),
    };

    private static Map? Peek(MessageQueue queue, ManagementRequest request)
    {
        var found = queue.Peek(request.Number("from-sequence-number"), (int)request.Number("message-count"), request.Text("session-id"));
        return found.Count == 0 ? null : Messages(found, withTokens: false);
    }

    private static Map ReceiveDeferred(MessageQueue queue, ManagementRequest request)
    {
        // 0 is a receiver that removes at once, 1 one that locks.
        var peekLock = request.Number("receiver-settle-mode") == 1;
        return Messages(queue.ReceiveDeferred(request.Items<long>("sequence-numbers"), peekLock, request.Text("session-id")), peekLock);
    }

    private static Map Messages(IReadOnlyList<ReceivedMessage> found, bool withTokens)
    {
        var list = new List();
        foreach (var received in found)
        {
            var encoded = OutgoingMessages.Write(received);
            var entry = new Map { ["message"] = encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray() };
            if (withTokens) entry["lock-token"] = received.LockToken;
            list.Add(entry);
        }

        return new Map { ["messages"] = list };
    }

    private static Map UpdateDisposition(MessageQueue queue, ManagementRequest request)
    {
        var status = request.Text("disposition-status");
        var changes = Settlements.Changes(request.Map("properties-to-modify"));
        foreach (var token in request.Items<Guid>("lock-tokens"))
        {
            switch (status)
            {
                case "completed":
                    queue.Complete(token);
                    break;
                case "abandoned":
                    queue.Abandon(token, changes);
                    break;
                case "defered":
                    queue.Defer(token, changes);
                    break;
                case "suspended":
                    queue.MoveToDeadLetter(token, request.Text("deadletter-reason"), request.Text("deadletter-description"), changes);
                    break;
                default:
                    throw new BrokerException(BrokerError.BadRequest, $"'{status}' is no disposition-status.");
            }
        }

        return [];
    }

    private static Map Schedule(ManagementSink sink, ManagementRequest request)
    {
        var messages = request.Items<Map>("messages").Select(entry =>
        {
            if (entry["message"] is not byte[] encoded) throw new BrokerException(BrokerError.BadRequest, "'message' is missing in the request.");
            if ((ulong)encoded.Length > sink.MaxMessageBytes) throw IncomingMessages.TooLarge(encoded.Length, sink.MaxMessageBytes);

            return IncomingMessages.Read(encoded);
        });
        return new Map { ["sequence-numbers"] = sink.Schedule([.. messages]) };
    }
}
