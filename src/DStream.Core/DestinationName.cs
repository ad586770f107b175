using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace DStream.Core;

/// <summary>
/// The name of the topic that a table's changes go to: <c>server.database.table.events</c> in lower case, or
/// <c>server.database.schema.table.events</c> where the schema is not <c>dbo</c>. A pure function of its parts, the same on
/// every replica and in every release, since consumers subscribe to it.
/// </summary>
/// <remarks>
/// Service Bus allows letters, digits, and <c>. - _ ~ /</c> in up to 260 characters
/// (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas). Any other character of a part becomes <c>_</c>,
/// and the part gets a short hash of what it was, so that distinct tables keep distinct topics. So do a dot inside of a
/// database, schema or table name (a dot parts the parts) and a slash (it parts a topic from its subscriptions).
/// A name over the limit is cut and gets the hash of the whole.
/// </remarks>
public readonly record struct DestinationName
{
    /// <summary>The longest name that Service Bus accepts, in characters.</summary>
    public const int MaxLength = 260;

    private const string Suffix = ".events";
    private const int HashLength = 8;

    private DestinationName(string value) => Value = value;

    /// <summary>The name as the broker sees it.</summary>
    public string Value { get; }

    /// <summary>Builds the name for a table.</summary>
    /// <param name="server">Host, or host\instance; a data source as in a connection string is brought to this form.</param>
    /// <param name="database">The database, without brackets.</param>
    /// <param name="table">The table.</param>
    public static DestinationName For(string server, string database, TableName table)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(server);
        ArgumentException.ThrowIfNullOrWhiteSpace(database);
        var parts = new List<string> { Clean(ServerOf(server), dotAllowed: true), Clean(database, dotAllowed: false) };
        if (!string.Equals(table.Schema, TableName.DefaultSchema, StringComparison.OrdinalIgnoreCase))
            parts.Add(Clean(table.Schema, dotAllowed: false));
        parts.Add(Clean(table.Table, dotAllowed: false));
        var stem = string.Join('.', parts);
        var longest = MaxLength - Suffix.Length;
        if (stem.Length > longest)
            stem = stem[..(longest - HashLength - 1)] + "-" + Hash(stem);
        return new DestinationName(stem + Suffix);
    }

    /// <summary>
    /// Takes the server's name out of a data source: <c>tcp:db1.corp\SALES,1433</c> is <c>db1.corp\SALES</c>. The names
    /// <c>.</c> and <c>(local)</c>, which SqlClient reads as this machine, are <c>localhost</c>.
    /// </summary>
    public static string ServerOf(string dataSource)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        var server = dataSource.Trim();
        var colon = server.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && server[..colon].Trim().ToUpperInvariant() is "TCP" or "NP" or "LPC" or "ADMIN")
            server = server[(colon + 1)..];
        var comma = server.LastIndexOf(',');
        if (comma >= 0)
            server = server[..comma];
        server = server.Trim().TrimStart('\\');
        var slash = server.IndexOf('\\', StringComparison.Ordinal);
        var host = (slash < 0 ? server : server[..slash]).Trim();
        var instance = slash < 0 ? "" : server[slash..].TrimEnd();
        if (host == "." || string.Equals(host, "(local)", StringComparison.OrdinalIgnoreCase))
            host = "localhost";
        return host + instance;
    }

    /// <summary>Reads a name that a person wrote, and says in <paramref name="error"/> why a broker would refuse it.</summary>
    public static bool TryParse(string text, out DestinationName name, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        error = text.Length == 0 ? "it is empty"
            : text.Length > MaxLength ? $"it has {text.Length} characters, and {MaxLength} are allowed"
            : !char.IsAsciiLetterOrDigit(text[0]) || !char.IsAsciiLetterOrDigit(text[^1]) ? "it must begin and end with a letter or digit"
            : text.Any(c => !IsAllowed(c) && c != '/') ? $"it holds '{text.First(c => !IsAllowed(c) && c != '/')}', which is not one of letters, digits, . - _ ~ /"
            : null;
        name = error is null ? new DestinationName(text) : default;
        return error is null;
    }

    /// <summary>The name as the broker sees it.</summary>
    public override string ToString() => Value ?? "";

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '~';

    private static string Clean(string part, bool dotAllowed)
    {
        var lower = part.ToLowerInvariant();
        var clean = new StringBuilder(lower.Length);
        foreach (var c in lower)
            clean.Append(IsAllowed(c) && (dotAllowed || c != '.') ? c : '_');
        // The whole name begins with the server, and Service Bus wants a letter or digit there.
        if (dotAllowed && !char.IsAsciiLetterOrDigit(clean[0]))
            clean[0] = 'x';
        var text = clean.ToString();
        return text == lower ? text : text + "-" + Hash(lower);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
}
