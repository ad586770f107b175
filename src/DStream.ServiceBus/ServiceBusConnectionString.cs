using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DStream.ServiceBus;

/// <summary>
/// Where a namespace is and how to be let in: a connection string as the portal shows it, or only the namespace's host name, which means
/// Microsoft Entra credentials. Its text never shows a key (I8).
/// </summary>
public sealed class ServiceBusConnectionString
{
    /// <summary>Port of AMQP over TLS.</summary>
    public const int DefaultTlsPort = 5671;

    /// <summary>Port of the emulator's AMQP, which has no TLS.</summary>
    public const int DefaultEmulatorPort = 5672;

    /// <summary>Port of the emulator's administration, over HTTP.</summary>
    public const int DefaultEmulatorAdministrationPort = 5300;

    private static readonly string[] Keys =
        ["Endpoint", "SharedAccessKeyName", "SharedAccessKey", "SharedAccessSignature", "EntityPath", "UseDevelopmentEmulator", "AdministrationPort"];

    private readonly int? _port;
    private readonly int? _administrationPort;

    private ServiceBusConnectionString(string host, int? port, IReadOnlyDictionary<string, string> parts, bool useEmulator, int? administrationPort)
    {
        Host = host;
        _port = port;
        _administrationPort = administrationPort;
        UseDevelopmentEmulator = useEmulator;
        KeyName = parts.GetValueOrDefault("SharedAccessKeyName");
        Key = parts.GetValueOrDefault("SharedAccessKey");
        Signature = parts.GetValueOrDefault("SharedAccessSignature");
        EntityPath = parts.GetValueOrDefault("EntityPath");
    }

    /// <summary>The namespace's host: <c>contoso.servicebus.windows.net</c>.</summary>
    public string Host { get; }

    /// <summary>Port of AMQP: as given, else 5671, or 5672 for the emulator.</summary>
    public int Port => _port ?? (UseDevelopmentEmulator ? DefaultEmulatorPort : DefaultTlsPort);

    /// <summary>Port of AMQP over WebSockets: as given, else that of HTTPS, or of HTTP for the emulator.</summary>
    public int WebSocketPort => _port ?? (UseDevelopmentEmulator ? 80 : 443);

    /// <summary>Plain TCP and plain HTTP, as the emulator and the stand-in speak.</summary>
    public bool UseDevelopmentEmulator { get; }

    /// <summary>Base address of the administration: HTTPS, or HTTP on the emulator's port.</summary>
    public Uri AdministrationAddress => UseDevelopmentEmulator
        ? new UriBuilder("http", Host, _administrationPort ?? DefaultEmulatorAdministrationPort).Uri
        : _administrationPort is { } port ? new UriBuilder("https", Host, port).Uri : new UriBuilder("https", Host).Uri;

    /// <summary>Name of the policy that the key belongs to; null without one.</summary>
    public string? KeyName { get; }

    /// <summary>The entity that the string is restricted to; null for the whole namespace.</summary>
    public string? EntityPath { get; }

    /// <summary>Whether neither key nor signature stands in it, so that Microsoft Entra has to vouch.</summary>
    public bool UsesEntra => Key is null && Signature is null;

    internal string? Key { get; }

    internal string? Signature { get; }

    /// <summary>Reads a connection string or a host name.</summary>
    /// <exception cref="FormatException">It is not one; the text says why, and holds no value of it.</exception>
    public static ServiceBusConnectionString Parse(string text) =>
        TryParse(text, out var parsed, out var error) ? parsed : throw new FormatException(error);

    /// <summary>Reads a connection string or a host name, and says in <paramref name="error"/> why it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ServiceBusConnectionString? result, [NotNullWhen(false)] out string? error)
    {
        result = null;
        var trimmed = text?.Trim() ?? "";
        if (trimmed.Length > 0 && !trimmed.Contains('='))
            trimmed = $"Endpoint=sb://{(trimmed.StartsWith("sb://", StringComparison.OrdinalIgnoreCase) ? trimmed[5..] : trimmed)}";
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        error = Split(trimmed, parts) ?? Check(parts);
        if (error is not null) return false;

        var endpoint = parts["Endpoint"];
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme != "sb" || uri.Host.Length == 0 || uri.AbsolutePath.Length > 1 || uri.UserInfo.Length > 0)
            error = "The Service Bus connection string's Endpoint is not of the form sb://host[:port]/.";
        else if (!TryFlag(parts, out var emulator))
            error = "UseDevelopmentEmulator in the Service Bus connection string is neither true nor false.";
        else if (!TryPort(parts, out var administrationPort))
            error = "AdministrationPort in the Service Bus connection string is not a port (1 to 65535).";
        else
            result = new ServiceBusConnectionString(uri.Host, uri.IsDefaultPort || uri.Port < 0 ? null : uri.Port, parts, emulator, administrationPort);
        return error is null;
    }

    /// <summary>Host, port and kind of credentials, without them.</summary>
    public override string ToString() =>
        $"sb://{Host}:{Port}/ ({(UseDevelopmentEmulator ? "emulator, " : "")}{(Key is not null ? $"key {KeyName}" : Signature is not null ? "signature" : "Microsoft Entra")})";

    private static string? Split(string text, Dictionary<string, string> parts)
    {
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // Only the first sign parts them: a key is base64 and may end in more.
            var sign = part.IndexOf('=', StringComparison.Ordinal);
            // I8: what stands without a name could be half of a key, so it is not shown.
            if (sign <= 0) return "The Service Bus connection string has a part without a name: each part is name=value, and ';' stands between them.";
            var name = part[..sign].Trim();
            if (name.Equals("TransportType", StringComparison.OrdinalIgnoreCase))
                return "The Service Bus connection string has TransportType, which DStream takes from the configuration: transport = \"amqp_websockets\".";
            if (!Keys.Contains(name, StringComparer.OrdinalIgnoreCase))
                return $"The Service Bus connection string has a part that is not known{Shown(name)}; known are {string.Join(", ", Keys)}.";
            if (!parts.TryAdd(name, part[(sign + 1)..].Trim())) return $"The Service Bus connection string names {name} twice.";
        }

        return null;
    }

    // I8: a name that does not look like one may be the middle of a key.
    private static string Shown(string name) => name.Length <= 24 && name.All(char.IsAsciiLetter) ? $" ({name})" : "";

    private static string? Check(Dictionary<string, string> parts)
    {
        if (!parts.ContainsKey("Endpoint")) return "The Service Bus connection string has no Endpoint; it begins like Endpoint=sb://contoso.servicebus.windows.net/.";
        var empty = parts.FirstOrDefault(static part => part.Value.Length == 0).Key;
        if (empty is not null) return $"{empty} in the Service Bus connection string is empty.";
        if (parts.ContainsKey("SharedAccessKey") != parts.ContainsKey("SharedAccessKeyName"))
            return "The Service Bus connection string needs SharedAccessKeyName and SharedAccessKey together.";
        return parts.ContainsKey("SharedAccessKey") && parts.ContainsKey("SharedAccessSignature")
            ? "The Service Bus connection string has both SharedAccessKey and SharedAccessSignature; leave one." : null;
    }

    private static bool TryFlag(Dictionary<string, string> parts, out bool value)
    {
        value = false;
        return !parts.TryGetValue("UseDevelopmentEmulator", out var text) || bool.TryParse(text, out value);
    }

    private static bool TryPort(Dictionary<string, string> parts, out int? port)
    {
        port = null;
        if (!parts.TryGetValue("AdministrationPort", out var text)) return true;
        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0) return false;
        port = number;
        return true;
    }
}
