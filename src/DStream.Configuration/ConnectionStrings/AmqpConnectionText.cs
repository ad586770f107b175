namespace DStream.Configuration.ConnectionStrings;

/// <summary>Checks the connection string of a plain AMQP broker; the provider reads it.</summary>
internal static class AmqpConnectionText
{
    private const string Example = "amqp://user:password@host:5672, or amqps:// for TLS, with special characters percent-encoded";

    internal static bool IsOne(string text) =>
        text.StartsWith("amqp://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("amqps://", StringComparison.OrdinalIgnoreCase);

    internal static ConnectionStringProblem? Check(string text)
    {
        if (text.StartsWith("Endpoint=", StringComparison.OrdinalIgnoreCase))
            return new("the connection string is one of Service Bus", "write type = \"azure_service_bus\" for it");
        if (!IsOne(text) || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return new("the connection string is no amqp:// address", $"write {Example}");
        if (uri.UserInfo.Split(':') is not [{ Length: > 0 }, { Length: > 0 }])
            return new("the connection string has not both user and password", $"write {Example}");
        return uri.Query.Length > 0 || uri.Fragment.Length > 0 ? new("the connection string has parameters, which are not known", $"write {Example}") : null;
    }
}
