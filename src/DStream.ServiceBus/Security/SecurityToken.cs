namespace DStream.ServiceBus.Security;

/// <summary>A token as put-token and the Authorization header carry it.</summary>
internal sealed class SecurityToken(string value, string type, DateTimeOffset expiresOn)
{
    public const string SharedAccess = "servicebus.windows.net:sastoken";
    public const string Jwt = "jwt";

    public string Value { get; } = value;

    public string Type { get; } = type;

    public DateTimeOffset ExpiresOn { get; } = expiresOn;

    public string AuthorizationHeader => Type == Jwt ? "Bearer " + Value : Value;

    // I8
    public override string ToString() => $"{Type} until {ExpiresOn:O}";
}
