using System.Net.Sockets;
using System.Security.Authentication;
using DStream.Core;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace DStream.RabbitMq;

/// <summary>
/// The one place that knows what the broker's reply codes mean: transient or not, and what to do.
/// Sources: https://www.rabbitmq.com/amqp-0-9-1-reference (constants), https://www.rabbitmq.com/docs/channels#error-handling.
/// </summary>
internal static class RabbitMqErrors
{
    private const ushort AccessRefused = 403;
    public const ushort NotFound = 404;
    private const ushort PreconditionFailed = 406;
    private const ushort NotAllowed = 530;
    private const int MaxText = 400;

    /// <summary>Whether it comes of the client library or the network beneath it.</summary>
    public static bool IsBrokers(Exception problem, CancellationToken cancellationToken) => problem switch
    {
        RabbitMQClientException or IOException or SocketException or TimeoutException or ObjectDisposedException or AuthenticationException => true,
        // The library ends its own waits so.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    /// <summary>The broker's own reason; null where there is none.</summary>
    public static ShutdownEventArgs? ReasonOf(Exception problem) => (problem as OperationInterruptedException)?.ShutdownReason;

    public static bool Is(Exception problem, ushort code) => ReasonOf(problem)?.ReplyCode == code;

    /// <summary>As the caller gets it.</summary>
    /// <param name="action">What failed, on what: <c>Sending to 'x'</c>.</param>
    /// <param name="problem">The library's exception.</param>
    public static ProviderException From(string action, Exception problem)
    {
        if (problem is BrokerUnreachableException { InnerException: { } inner }) problem = inner is AggregateException { InnerExceptions: [var first, ..] } ? first : inner;
        return problem switch
        {
            AuthenticationFailureException or PossibleAuthenticationFailureException => New(
                action, "the broker refused user or password. Check both in the connection string, and that the user may connect from here", false, problem),
            AuthenticationException => New(action, $"TLS failed: {Short(problem.Message)} The certificate must be valid for the host of the connection string", false, problem),
            OperationInterruptedException { ShutdownReason: { } reason } => From(action, reason, problem),
            TimeoutException or OperationCanceledException => New(action, "the broker did not answer in time. It is tried again", true, problem),
            ObjectDisposedException => New(action, "the connection was closed. It is opened again on next use", true, problem),
            _ => New(action, $"{Short(problem.Message)} Check that the broker runs and can be reached; it is tried again", true, problem),
        };
    }

    /// <summary>For a reason that the broker gave to a connection or a channel.</summary>
    public static ProviderException From(string action, ShutdownEventArgs reason, Exception? problem = null)
    {
        var text = Short(reason.ReplyText);
        return reason.ReplyCode switch
        {
            // Of a queue whose node is down, or that has no leader for now.
            NotFound or NotAllowed when text.Contains("down", StringComparison.Ordinal) || text.Contains("unavailable", StringComparison.Ordinal) =>
                New(action, $"{text}. It is tried again", true, problem),
            NotFound => New(action, $"{text}. Create it: set create = true where the user may configure it, or see docs/configuration.md for what to declare", false, problem),
            AccessRefused => New(action, $"{text}. Give the user the permission: rabbitmqctl set_permissions -p <vhost> <user> <configure> <write> <read>", false, problem),
            PreconditionFailed when text.Contains("acknowledgement", StringComparison.Ordinal) =>
                New(action, $"{text}. The broker delivers again", true, problem),
            PreconditionFailed when text.Contains("larger than configured", StringComparison.Ordinal) =>
                New(action, $"{text}. Raise max_message_size in the broker's configuration", false, problem),
            PreconditionFailed => New(action, $"{text}. It exists, declared otherwise: delete it, or set create = false to use it as it is", false, problem),
            NotAllowed => New(action, $"{text}. Check the virtual host in the connection string, and the user's permissions in it", false, problem),
            _ => New(action, $"{(text.Length == 0 ? "the connection was closed" : text)}. It is tried again", true, problem),
        };
    }

    private static ProviderException New(string action, string what, bool isTransient, Exception? problem) => new($"{action} failed: {what}.", isTransient, problem);

    private static string Short(string? text) => text is null ? "" : text.Length <= MaxText ? text : text[..MaxText];
}
