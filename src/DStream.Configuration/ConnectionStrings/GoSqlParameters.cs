using System.Data.Common;
using System.Globalization;
using DStream.Configuration.Binding;

namespace DStream.Configuration.ConnectionStrings;

/// <summary>The query parameters of Go's driver that SqlClient has a keyword for, and how their values translate.</summary>
internal static class GoSqlParameters
{
    private const string Number = "a whole number";

    // The third member says what a value may be; null means any text.
    private static readonly Dictionary<string, (string Keyword, Func<string, string?> Translate, string Allowed)> Known =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["database"] = ("Initial Catalog", AnyText, "a name"),
            ["encrypt"] = ("Encrypt", Encrypt, "disable, false, true or strict"),
            ["TrustServerCertificate"] = ("Trust Server Certificate", Flag, "true or false"),
            ["hostNameInCertificate"] = ("Host Name In Certificate", AnyText, "a host name"),
            ["certificate"] = ("Server Certificate", AnyText, "a path"),
            ["app name"] = ("Application Name", AnyText, "a name"),
            ["connection timeout"] = ("Connect Timeout", WholeNumber, Number + " of seconds"),
            ["dial timeout"] = ("Connect Timeout", WholeNumber, Number + " of seconds"),
            ["packet size"] = ("Packet Size", WholeNumber, Number + " of bytes"),
            ["workstation id"] = ("Workstation ID", AnyText, "a name"),
            ["ApplicationIntent"] = ("Application Intent", Intent, "ReadOnly or ReadWrite"),
            ["MultiSubnetFailover"] = ("Multi Subnet Failover", Flag, "true or false"),
            ["failoverpartner"] = ("Failover Partner", AnyText, "a host name"),
            ["ServerSPN"] = ("Server SPN", AnyText, "a service principal name"),
            ["fedauth"] = ("Authentication", Federated, string.Join(", ", FederatedMethods)),
        };

    private static string[] FederatedMethods =>
    [
        "ActiveDirectoryDefault", "ActiveDirectoryManagedIdentity", "ActiveDirectoryMSI", "ActiveDirectoryServicePrincipal",
        "ActiveDirectoryPassword", "ActiveDirectoryIntegrated", "ActiveDirectoryInteractive",
    ];

    /// <summary>Adds a parameter to the ADO.NET string, or says why it cannot.</summary>
    internal static ConnectionStringProblem? Apply(DbConnectionStringBuilder builder, string name, string value)
    {
        // Not shown: behind a ? that was not escaped it may be a part of the password (I8).
        if (!Known.TryGetValue(name, out var known))
            return new("the URL has an unknown parameter", Nearest.Suggest(name, [.. Known.Keys]));
        var spelling = Known.Keys.First(key => key.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (value.Length == 0 || known.Translate(value) is not { } translated)
            return new($"the URL's parameter {spelling} has a value that it cannot have", $"write {known.Allowed}");
        if (!builder.ContainsKey(known.Keyword))
        {
            builder[known.Keyword] = translated;
            return null;
        }
        return new($"the URL's parameter {spelling} repeats what another one says", "keep one of the two");
    }

    private static string AnyText(string value) => value;

    // "disable" switches TLS off for the login too, which SqlClient never does; "false" is the nearest that it has.
    private static string? Encrypt(string value) => value.ToUpperInvariant() switch
    {
        "DISABLE" or "FALSE" or "OPTIONAL" or "NO" or "0" or "F" => "False",
        "TRUE" or "MANDATORY" or "YES" or "1" or "T" => "True",
        "STRICT" => "Strict",
        _ => null,
    };

    private static string? Flag(string value) => value.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "T" => "True",
        "FALSE" or "0" or "F" => "False",
        _ => null,
    };

    private static string? WholeNumber(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number.ToString(CultureInfo.InvariantCulture) : null;

    private static string? Intent(string value) => value.ToUpperInvariant() switch
    {
        "READONLY" => "ReadOnly",
        "READWRITE" => "ReadWrite",
        _ => null,
    };

    private static string? Federated(string value) =>
        FederatedMethods.FirstOrDefault(method => method.Equals(value, StringComparison.OrdinalIgnoreCase));
}
