using System.Diagnostics.CodeAnalysis;

namespace DStream.ServiceBus;

/// <summary>
/// Where a plain AMQP 1.0 broker is and who asks: <c>amqp://user:password@host:port/vhost</c>, or <c>amqps</c> for TLS. User, password and
/// virtual host are percent-encoded. Its text never shows the password (I8).
/// </summary>
public sealed class AmqpConnectionString
{
    private AmqpConnectionString(Uri uri, string user, string password, string? virtualHost)
    {
        Host = uri.Host;
        UsesTls = uri.Scheme == "amqps";
        Port = uri.Port > 0 ? uri.Port : UsesTls ? 5671 : 5672;
        User = user;
        Password = password;
        VirtualHost = virtualHost;
    }

    /// <summary>The broker's host name or address.</summary>
    public string Host { get; }

    /// <summary>As given, else 5672, or 5671 with TLS.</summary>
    public int Port { get; }

    /// <summary>Whether the scheme is <c>amqps</c>.</summary>
    public bool UsesTls { get; }

    /// <summary>The user of SASL PLAIN.</summary>
    public string User { get; }

    /// <summary>The virtual host, as RabbitMQ has them; null for the broker's own choice.</summary>
    public string? VirtualHost { get; }

    internal string Password { get; }

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="FormatException">It is none; the text says why, and holds no value of it.</exception>
    public static AmqpConnectionString Parse(string text) => TryParse(text, out var parsed, out var error) ? parsed : throw new FormatException(error);

    /// <summary>Reads a connection string, and says in <paramref name="error"/> why it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AmqpConnectionString? result, [NotNullWhen(false)] out string? error)
    {
        result = null;
        // I8: no part of what could not be read is shown.
        if (!Uri.TryCreate(text?.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
            error = "The AMQP connection string is not of the form amqp://user:password@host:port; special characters of user and password are percent-encoded.";
        else if (uri.UserInfo.Split(':') is not [{ Length: > 0 } user, { Length: > 0 } password])
            error = "The AMQP connection string needs user and password, as in amqp://user:password@host; a ':' inside of either is written %3A.";
        else if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            error = "The AMQP connection string takes no parameters; a '?' or '#' of the password is written %3F or %23.";
        else
        {
            error = null;
            var path = uri.AbsolutePath.TrimStart('/');
            result = new AmqpConnectionString(uri, Uri.UnescapeDataString(user), Uri.UnescapeDataString(password), path.Length == 0 ? null : Uri.UnescapeDataString(path));
        }

        return error is null;
    }

    /// <summary>All but the password.</summary>
    public override string ToString() => $"{(UsesTls ? "amqps" : "amqp")}://{Host}:{Port}/{VirtualHost} (user {User})";
}
