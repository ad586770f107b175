using System.Diagnostics.CodeAnalysis;

namespace DStream.RabbitMq;

/// <summary>
/// Where a broker is and how to be let in: <c>amqp(s)://user:password@host:port/vhost</c>, with percent-encoding, as
/// https://www.rabbitmq.com/docs/uri-spec describes it. Its text never shows the password (I8).
/// </summary>
public sealed class RabbitMqConnectionString
{
    private const int DefaultPort = 5672;
    private const int DefaultTlsPort = 5671;
    private const string DefaultVirtualHost = "/";

    private RabbitMqConnectionString(Uri address, string user, string password)
    {
        UseTls = address.Scheme == "amqps";
        Host = address.IdnHost;
        Port = address.Port > 0 ? address.Port : UseTls ? DefaultTlsPort : DefaultPort;
        VirtualHost = address.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(address.AbsolutePath[1..]) : DefaultVirtualHost;
        User = user;
        Password = password;
    }

    /// <summary>The broker's host.</summary>
    public string Host { get; }

    /// <summary>As given, else 5672, or 5671 with TLS.</summary>
    public int Port { get; }

    /// <summary>As given, else <c>/</c>, the default one.</summary>
    public string VirtualHost { get; }

    /// <summary>Whether it is <c>amqps</c>: the broker's certificate must be valid for the host.</summary>
    public bool UseTls { get; }

    /// <summary>The user's name.</summary>
    public string User { get; }

    internal string Password { get; }

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="FormatException">It is none; the text says why, and holds no value of it.</exception>
    public static RabbitMqConnectionString Parse(string text) =>
        TryParse(text, out var parsed, out var error) ? parsed : throw new FormatException(error);

    /// <summary>Reads a connection string, and says in <paramref name="error"/> why it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RabbitMqConnectionString? result, [NotNullWhen(false)] out string? error)
    {
        result = null;
        var isUri = Uri.TryCreate(text?.Trim(), UriKind.Absolute, out var address);
        var credentials = isUri ? address!.UserInfo.Split(':', 2) : [];
        error = !isUri || address!.Scheme is not ("amqp" or "amqps") ? "It is not of the form amqp://user:password@host:port/vhost, with amqps for TLS."
            : address.Host.Length == 0 ? "It has no host: amqp://user:password@host:port/vhost."
            : credentials is not [{ Length: > 0 }, { Length: > 0 }] ? "It has no user and password before the host: amqp://user:password@host."
            : address.AbsolutePath.LastIndexOf('/') > 0 ? "Its virtual host holds a slash, which must be written %2F."
            : address.Query.Length > 0 || address.Fragment.Length > 0 ? "It has a query or a fragment, which DStream would ignore; leave them out, and write ? and # in a password as %3F and %23."
            : null;
        if (error is null) result = new RabbitMqConnectionString(address!, Uri.UnescapeDataString(credentials[0]), Uri.UnescapeDataString(credentials[1]));
        return error is null;
    }

    // I8.
    /// <inheritdoc/>
    public override string ToString() => $"{(UseTls ? "amqps" : "amqp")}://{Host}:{Port}/{Uri.EscapeDataString(VirtualHost)}";
}
