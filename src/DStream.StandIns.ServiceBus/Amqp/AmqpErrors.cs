using Amqp;
using Amqp.Framing;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>Refusals as the service words them on the wire.</summary>
internal static class AmqpErrors
{
    public const string Unauthorized = "amqp:unauthorized-access";
    public const string ServerBusy = "com.microsoft:server-busy";
    public const string DetachForced = "amqp:link:detach-forced";

    public static Error From(BrokerException exception) => Make(ConditionOf(exception.Error), exception.Message);

    public static Error Make(string condition, string description) => new(new Symbol(condition)) { Description = description };

    public static AmqpException Exception(string condition, string description) => new(Make(condition, description));

    public static string ConditionOf(BrokerError error) => error switch
    {
        BrokerError.EntityNotFound => "amqp:not-found",
        BrokerError.EntityExists => "com.microsoft:entity-already-exists",
        BrokerError.EntityDisabled => "com.microsoft:entity-disabled",
        BrokerError.NotAllowed => "amqp:not-allowed",
        BrokerError.BadRequest => "com.microsoft:argument-error",
        BrokerError.MessageLockLost => "com.microsoft:message-lock-lost",
        BrokerError.MessageNotFound => "com.microsoft:message-not-found",
        BrokerError.SessionLockLost => "com.microsoft:session-lock-lost",
        BrokerError.SessionCannotBeLocked => "com.microsoft:session-cannot-be-locked",
        BrokerError.Timeout => "com.microsoft:timeout",
        BrokerError.MessageTooLarge => "amqp:link:message-size-exceeded",
        BrokerError.ServerBusy => ServerBusy,
        BrokerError.Malformed => "amqp:decode-error",
        BrokerError.Unauthorized => Unauthorized,
        BrokerError.QuotaExceeded => "amqp:resource-limit-exceeded",
        BrokerError.LinkStolen => "amqp:link:stolen",
        BrokerError.NotImplemented => "amqp:not-implemented",
        _ => "amqp:internal-error",
    };

    /// <summary>The status code of a <c>$management</c> reply.</summary>
    public static int StatusOf(BrokerError error) => error switch
    {
        BrokerError.EntityNotFound or BrokerError.MessageNotFound => 404,
        BrokerError.EntityExists => 409,
        BrokerError.MessageLockLost or BrokerError.SessionLockLost or BrokerError.SessionCannotBeLocked => 410,
        BrokerError.Timeout => 408,
        BrokerError.MessageTooLarge or BrokerError.QuotaExceeded => 403,
        BrokerError.ServerBusy => 503,
        BrokerError.Unauthorized => 401,
        BrokerError.NotImplemented => 501,
        _ => 400,
    };
}
