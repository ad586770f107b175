using System.Collections;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>The body of a request to <c>$management</c>, the connection it came on, and the receiving link it speaks for, or null.</summary>
internal sealed record ManagementRequest(Map Body, ConnectionHandler Connection, string? LinkName)
{
    public string? Text(string key) => Body[key] as string;

    public string SessionId => Text("session-id") ?? throw Missing("session-id");

    /// <summary>Whether a session's holder is who asks: the link named, or any of the connection where none is.</summary>
    public bool IsOf(IMessageConsumer holder) =>
        holder is ReceiveLink link && link.IsOf(Connection) && (LinkName is null || link.Name == LinkName);

    public long Number(string key) => Body[key] switch
    {
        long number => number,
        int number => number,
        uint number => number,
        byte number => number,
        _ => throw Missing(key),
    };

    public Map? Map(string key) => Body[key] as Map;

    /// <summary>The items of an array or a list; a single value stands for a list of one.</summary>
    public IReadOnlyList<T> Items<T>(string key) => Body[key] switch
    {
        T single => [single],
        IEnumerable many and not string => [.. many.Cast<object>().Select(item => item is T typed ? typed : throw Missing(key))],
        _ => throw Missing(key),
    };

    private static BrokerException Missing(string key) =>
        new(BrokerError.BadRequest, $"'{key}' is missing in the request, or of another type.");
}
