namespace DStream.Configuration.ConnectionStrings;

/// <summary>Checks the connection string of a RabbitMQ broker; the provider reads it.</summary>
internal static class RabbitMqConnectionText
{
    private const string Remedy = "write amqp://user:password@host:port/vhost, or amqps:// for TLS, with special characters percent-encoded (/ is %2F, @ is %40)";

    internal static ConnectionStringProblem? Check(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
            return new("the connection string is no amqp:// address", Remedy);
        if (uri.UserInfo.Split(':', 2) is not [{ Length: > 0 }, { Length: > 0 }])
            return new("the connection string has no user and password", Remedy);
        if (uri.AbsolutePath.LastIndexOf('/') > 0)
            return new("the connection string's virtual host holds a slash", Remedy);
        return uri.Query.Length > 0 || uri.Fragment.Length > 0 ? new("the connection string has a query or a fragment, which would be ignored", Remedy) : null;
    }
}
