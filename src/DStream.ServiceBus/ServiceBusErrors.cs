using System.Collections.Frozen;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using Amqp;
using Amqp.Framing;
using DStream.Core;

namespace DStream.ServiceBus;

/// <summary>
/// The one table of what the broker's error conditions mean: transient or not, and what to do.
/// Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-troubleshoot and SERVICEBUS-FACTS.
/// </summary>
internal static class ServiceBusErrors
{
    public const string Timeout = "com.microsoft:timeout";
    public const string DeadLetter = "com.microsoft:dead-letter";
    public const string SessionLockLost = "com.microsoft:session-lock-lost";
    public const string MessageLockLost = "com.microsoft:message-lock-lost";
    public const string MessageSizeExceeded = "amqp:link:message-size-exceeded";
    public const string NotFound = "amqp:not-found";
    public const string NotAllowed = "amqp:not-allowed";
    public const string Unauthorized = "amqp:unauthorized-access";

    private const int MaxDescription = 400;

    private static readonly FrozenDictionary<string, Meaning> Table = new Dictionary<string, Meaning>
    {
        ["com.microsoft:server-busy"] = new(true, "the broker is throttling", "It goes on by itself; if it stays, send less or buy more capacity."),
        [Timeout] = new(true, "the broker did not finish in time", "It is tried again."),
        ["com.microsoft:operation-cancelled"] = new(true, "the broker cancelled the operation", "It is tried again."),
        ["amqp:internal-error"] = new(true, "the broker had an internal error", "It is tried again."),
        ["com.microsoft:store-lock-lost"] = new(true, "the broker's store moved", "It is tried again."),
        ["com.microsoft:partition-not-owned"] = new(true, "the broker's partition moved", "It is tried again."),
        ["amqp:link:detach-forced"] = new(true, "the broker detached the link", "It is attached again on next use."),
        ["amqp:link:stolen"] = new(true, "another attach took the link", "It is attached again on next use."),
        ["amqp:link:transfer-limit-exceeded"] = new(true, "the link's credit was overrun", "It is attached again on next use."),
        ["amqp:connection:forced"] = new(true, "the connection was closed", "It is opened again on next use."),
        ["amqp:connection:redirect"] = new(true, "the broker moved the connection", "It is opened again on next use."),
        ["amqp:connection:framing-error"] = new(true, "the connection carried what is not AMQP 1.0", "Check that host and port are those of Service Bus; it is opened again on next use."),
        ["amqp:session:errant-link"] = new(true, "the broker ended the session of the link", "It is attached again on next use."),
        ["amqp:session:window-violation"] = new(true, "the broker ended the session of the link", "It is attached again on next use."),
        ["amqp:illegal-state"] = new(true, "the link was already closed", "It is attached again on next use."),
        ["amqp:transaction:rollback"] = new(true, "the broker rolled back", "It is tried again."),
        ["com.microsoft:message-wait-timeout"] = new(true, "no message came in time", "It is tried again."),
        ["com.microsoft:session-cannot-be-locked"] = new(true, "another receiver holds the session", "It is accepted once the other has let go."),
        // A token may just have ended: the links drop, and the next attach brings a new token. Refused at attach, it is final (Attaching).
        [Unauthorized] = new(true, "the broker no longer accepts the token", "A new token is put on next use."),
        [MessageLockLost] = new(true, "the message's lock was lost", "The broker delivers it again."),
        [SessionLockLost] = new(true, "the session's lock was lost", "Accept the next session; the broker delivers again."),
        ["amqp:resource-limit-exceeded"] = new(true, "a quota is used up", "Make room: read or remove messages of the entity, or raise its quota. It is tried again."),
        [NotFound] = new(false, "the entity does not exist", "Create it: set create = true where the identity has Manage rights, or run {0}."),
        ["com.microsoft:auth-failed"] = new(false, "the credentials were refused", "Check the key's name and value, or the identity's role on the namespace."),
        ["com.microsoft:entity-disabled"] = new(false, "the entity is disabled", "Enable it: set its status to Active."),
        ["com.microsoft:entity-already-exists"] = new(false, "the entity exists already", "Nothing is to be done."),
        [MessageSizeExceeded] = new(false, "the message or batch is larger than the entity takes", "Raise the entity's maximum message size (Premium), or send less at once."),
        ["com.microsoft:argument-error"] = new(false, "the broker refused an argument", "The text of the broker says which."),
        ["com.microsoft:argument-out-of-range"] = new(false, "the broker refused an argument", "The text of the broker says which."),
        [NotAllowed] = new(false, "the entity does not allow this", "Does the entity's kind fit (queue with sessions, topic)? The text of the broker says what it misses."),
        ["amqp:not-implemented"] = new(false, "the broker does not support this", "Check the entity's kind and the namespace's tier."),
        ["amqp:invalid-field"] = new(false, "the broker refused a field", "The text of the broker says which."),
        ["amqp:decode-error"] = new(false, "the broker could not read the message", "Report this as a defect of DStream."),
        ["amqp:precondition-failed"] = new(false, "the entity's state forbids this", "The text of the broker says why."),
    }.ToFrozenDictionary();

    private readonly record struct Meaning(bool IsTransient, string What, string Remedy);

    /// <summary>A live link, delivery or request failed. An unknown condition counts as transient: the cause may pass, and nothing is lost by
    /// trying.</summary>
    /// <param name="error">What the broker said; null where it said nothing.</param>
    /// <param name="action">What was being done, as in <c>Sending to queue-or-topic 'x'</c>.</param>
    /// <param name="entity">Entity path; null for a broker that is not Service Bus.</param>
    public static ProviderException From(Error? error, string action, string? entity) =>
        From(error?.Condition?.ToString(), error?.Description, action, entity);

    /// <summary>
    /// A link failed by itself, or because the connection ended. That end says nothing of the entity, whatever its condition is called: the library
    /// closes a connection with <c>amqp:not-found</c> where a frame comes for a channel that it does not know. Only a broker that is not Service
    /// Bus judges by it: RabbitMQ closes so over an unknown virtual host.
    /// </summary>
    public static ProviderException From(Link link, Error? error, string action, string? entity) =>
        entity is not null && error is not null && ReferenceEquals(error, link.Session.Connection.Error)
            ? new ProviderException(
                Text(action, "the connection ended", "It is opened again on next use.", error.Condition?.ToString() ?? "no condition", error.Description), isTransient: true)
            : From(error, action, entity);

    public static ProviderException From(string? condition, string? description, string action, string? entity)
    {
        if (condition is null) return new ProviderException($"{action} failed: the broker ended it without a reason. It is tried again on next use.", isTransient: true);
        if (!Table.TryGetValue(condition, out var meaning)) meaning = new Meaning(true, "the broker reported an error", "It is tried again.");
        return new ProviderException(Text(action, meaning.What, Remedy(meaning, entity), condition, description), meaning.IsTransient);
    }

    /// <summary>The broker refused to attach right after it took the token, so that a refusal is one of rights.</summary>
    public static ProviderException Attaching(Error? error, string action, string? entity) =>
        error?.Condition?.ToString() is Unauthorized
            ? new ProviderException(Text(action, "the credentials do not give the right to", entity is null
                ? "Give the user the right on the address."
                : $"Give the key's policy the claim, or the identity the role (Azure Service Bus Data Sender or Data Receiver), on '{entity}'.",
                Unauthorized, error.Description), isTransient: false)
            : From(error, action, entity);

    /// <summary>The connection could not be opened. A broker that is not Service Bus judges user and password here.</summary>
    public static ProviderException Connecting(Exception exception, string action, string? entity) =>
        entity is null && exception is AmqpException { Error.Condition: { } condition } && condition.ToString() == Unauthorized
            ? new ProviderException($"{action} failed: the broker refused user or password. Check both in the connection string, where they are percent-encoded.", isTransient: false)
            : From(exception, action, entity);

    /// <summary>An exception of the library, the socket or TLS.</summary>
    public static ProviderException From(Exception exception, string action, string? entity) => exception switch
    {
        ProviderException already => already,
        AmqpException amqp => new ProviderException(From(amqp.Error, action, entity).Message, From(amqp.Error, action, entity).IsTransient, amqp),
        AuthenticationException => new ProviderException(
            $"{action} failed: the server's TLS certificate was not accepted. Check the host name, the clock and the trusted roots; for the emulator "
            + "put UseDevelopmentEmulator=true into the connection string.", isTransient: false, exception),
        SocketException { SocketErrorCode: SocketError.HostNotFound } => new ProviderException(
            $"{action} failed: the host name is not known. Check the Endpoint; if it is right, name resolution may come back.", isTransient: true, exception),
        SocketException socket => new ProviderException(
            $"{action} failed: the broker cannot be reached ({socket.SocketErrorCode}). Check host, port and firewall.", isTransient: true, exception),
        TimeoutException => NoAnswer(action, exception),
        WebSocketException { InnerException: AuthenticationException or HttpRequestException { InnerException: AuthenticationException } } =>
            From(new AuthenticationException(), action, entity),
        WebSocketException { WebSocketErrorCode: WebSocketError.NotAWebSocket } => new ProviderException(
            $"{action} failed: host and port answer over HTTP, but open no AMQP over WebSockets ({exception.Message}). Check the Endpoint, and that no proxy "
            + "stands between that lets no WebSockets through.", isTransient: true, exception),
        WebSocketException or HttpRequestException => new ProviderException(
            $"{action} failed: the broker cannot be reached over WebSockets ({ReasonOf(exception)}). Check host, port and, in HTTPS_PROXY, the proxy.",
            isTransient: true, exception),
        _ => new ProviderException($"{action} failed: the connection was lost ({exception.GetType().Name}).", isTransient: true, exception),
    };

    /// <summary>Nothing came back in time. The library does not notice a lost acknowledgement; the transport's own timer does.</summary>
    public static ProviderException NoAnswer(string action, Exception? inner = null) =>
        new($"{action} failed: the broker did not answer in time, so that it is unknown whether it was done. Trying again is safe.", isTransient: true, inner);

    private static string ReasonOf(Exception exception) => exception switch
    {
        WebSocketException { InnerException: HttpRequestException request } => ReasonOf(request),
        HttpRequestException request => request.HttpRequestError.ToString(),
        WebSocketException socket => socket.WebSocketErrorCode.ToString(),
        _ => exception.GetType().Name,
    };

    private static string Remedy(Meaning meaning, string? entity) => entity is null && meaning.Remedy.Contains("{0}", StringComparison.Ordinal)
        ? "Create it on the broker."
        : meaning.Remedy.Replace("{0}", entity is null ? "" : CreateCommand(entity), StringComparison.Ordinal);

    private static string CreateCommand(string entity)
    {
        var subscription = entity.IndexOf("/Subscriptions/", StringComparison.OrdinalIgnoreCase);
        if (subscription >= 0)
        {
            var name = entity[(subscription + "/Subscriptions/".Length)..];
            return $"az servicebus topic subscription create --topic-name {entity[..subscription]} --name {name.Split('/')[0]}";
        }

        return $"az servicebus queue create --name {entity} --enable-session true --enable-duplicate-detection true (a topic: az servicebus topic create "
            + $"--name {entity} --enable-duplicate-detection true)";
    }

    private static string Text(string action, string what, string remedy, string condition, string? description) =>
        $"{action} failed: {what}. {remedy} ({condition}{(string.IsNullOrWhiteSpace(description) ? "" : $": {Shorten(description)}")})";

    private static string Shorten(string text) =>
        string.Concat(text.Take(MaxDescription).Select(static c => char.IsControl(c) ? ' ' : c)) + (text.Length > MaxDescription ? "..." : "");
}
