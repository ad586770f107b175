namespace DStream.Configuration.ConnectionStrings;

/// <summary>Checks the connection string of a Service Bus namespace; the provider reads it.</summary>
internal static class ServiceBusConnectionText
{
    private const string Example = "Endpoint=sb://name.servicebus.windows.net/;SharedAccessKeyName=...;SharedAccessKey=...";
    private const string Entra = "or Endpoint=sb://name.servicebus.windows.net/ alone for Entra ID";

    internal static ConnectionStringProblem? Check(string text)
    {
        if (AmqpConnectionText.IsOne(text))
            return new("the connection string is one of a plain AMQP broker", "write type = \"amqp\" for it, which is an output only");
        if (KeyValueText.Parse(text) is not { } pairs)
            return new("the connection string is not a list of Key=value; pairs", $"write {Example}, {Entra}");
        if (!pairs.TryGetValue("Endpoint", out var endpoint))
            return new("the connection string has no Endpoint", $"write {Example}, {Entra}");
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("sb" or "amqps" or "amqp") || uri.Host.Length == 0)
            return new("the connection string's Endpoint is no sb:// address", $"write {Example}, {Entra}");
        if (pairs.Has("SharedAccessKeyName") != pairs.Has("SharedAccessKey"))
            return new(
                $"the connection string has {(pairs.Has("SharedAccessKey") ? "SharedAccessKey without SharedAccessKeyName" : "SharedAccessKeyName without SharedAccessKey")}",
                $"write both, as in {Example}, {Entra}");
        return null;
    }
}
