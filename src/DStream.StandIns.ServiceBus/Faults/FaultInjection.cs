using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Faults;

/// <summary>
/// Makes the stand-in misbehave on command. Armed faults strike by themselves at their occasion; the other members act at once.
/// Thread-safe.
/// </summary>
public sealed class FaultInjection
{
    private readonly Lock _gate = new();
    private readonly MessageBroker _broker;
    private readonly IFaultTarget _target;
    private Fault[] _armed = [];

    internal FaultInjection(MessageBroker broker, IFaultTarget target)
    {
        _broker = broker;
        _target = target;
    }

    /// <summary>Arms any fault; the members below name the usual ones.</summary>
    /// <returns>The same fault, whose <see cref="Fault.Struck"/> counts.</returns>
    public Fault Arm(Fault fault)
    {
        lock (_gate) _armed = [.. _armed, fault];
        return fault;
    }

    /// <summary>Throttling: sends are refused with <c>com.microsoft:server-busy</c>.</summary>
    public Fault ServerBusy(string? entity = null, int times = 1, int skip = 0) => Arm(new Fault(FaultKind.RejectSend)
    {
        Entity = entity, Times = times, Skip = skip, Condition = "com.microsoft:server-busy",
        Description = "The request was terminated because the entity is being throttled. Error code : 50009. Please wait 2 seconds and try again.",
    });

    /// <summary>Sends are refused with any condition.</summary>
    public Fault RejectSend(string condition, string? entity = null, int times = 1, int skip = 0) =>
        Arm(new Fault(FaultKind.RejectSend) { Entity = entity, Times = times, Skip = skip, Condition = condition });

    /// <summary>Sends are accepted without an answer.</summary>
    public Fault LoseAcknowledgement(string? entity = null, int times = 1, int skip = 0) =>
        Arm(new Fault(FaultKind.LoseAcknowledgement) { Entity = entity, Times = times, Skip = skip });

    /// <summary>Sends are taken up late, in order.</summary>
    public Fault DelaySend(TimeSpan delay, string? entity = null, int times = 1, int skip = 0) =>
        Arm(new Fault(FaultKind.DelaySend) { Entity = entity, Times = times, Skip = skip, Delay = delay });

    /// <summary>A send ends its link.</summary>
    public Fault DetachOnSend(string? entity = null, string condition = "amqp:link:detach-forced", int times = 1, int skip = 0) =>
        Arm(new Fault(FaultKind.DetachOnSend) { Entity = entity, Times = times, Skip = skip, Condition = condition });

    /// <summary>A send breaks its connection.</summary>
    public Fault DropOnSend(string? entity = null, int times = 1, int skip = 0) =>
        Arm(new Fault(FaultKind.DropOnSend) { Entity = entity, Times = times, Skip = skip });

    /// <summary>A settlement breaks its connection, and is not carried out.</summary>
    public Fault DropOnSettle(string? entity = null, int times = 1, int skip = 0) =>
        Arm(new Fault(FaultKind.DropOnSettle) { Entity = entity, Times = times, Skip = skip });

    /// <summary>Tokens are refused.</summary>
    public Fault RefuseToken(int times = 1, int skip = 0) => Arm(new Fault(FaultKind.RefuseToken) { Times = times, Skip = skip });

    /// <summary>Links are refused as if the entity were missing.</summary>
    public Fault EntityNotFound(string? entity = null, int times = 1, int skip = 0) => Arm(new Fault(FaultKind.EntityNotFound)
    {
        Entity = entity, Times = times, Skip = skip,
    });

    /// <summary>New connections are broken at once.</summary>
    public Fault DropOnConnect(int times = 1, int skip = 0) => Arm(new Fault(FaultKind.DropOnConnect) { Times = times, Skip = skip });

    /// <summary>Disarms everything.</summary>
    public void Clear()
    {
        lock (_gate) _armed = [];
    }

    /// <summary>Breaks all connections now, without a word.</summary>
    /// <returns>How many there were.</returns>
    public int DropConnections() => _target.DropConnections();

    /// <summary>Ends the links of an entity now, or all links for null, with an error.</summary>
    /// <returns>How many there were.</returns>
    public int DetachLinks(
        string? entity = null, string condition = "amqp:link:detach-forced", string description = "The link was ended by a fault.") =>
        _target.DetachLinks(entity, condition, description);

    /// <summary>Ends the locks of all accepted sessions of an entity now, or of all entities for null.</summary>
    /// <returns>How many there were.</returns>
    public int ExpireSessionLocks(string? entity = null) =>
        _broker.Queues.Concat(_broker.Topics.SelectMany(static t => t.Subscriptions.Values))
            .Where(queue => entity is null || queue.Path.Equals(entity, StringComparison.OrdinalIgnoreCase))
            .Sum(static queue => queue.ExpireSessionLocks());

    internal Fault? Take(FaultKind kind, string? entity)
    {
        if (Volatile.Read(ref _armed).Length == 0) return null;

        lock (_gate) return Array.Find(_armed, fault => fault.Strikes(kind, entity));
    }
}
