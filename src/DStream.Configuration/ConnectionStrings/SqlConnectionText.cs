using System.Data.Common;
using DStream.Configuration.Binding;
using DStream.Core;

namespace DStream.Configuration.ConnectionStrings;

/// <summary>Reads the connection string of a SQL Server database, in ADO.NET form or as a <c>sqlserver://</c> URL.</summary>
internal static class SqlConnectionText
{
    private const string Example = "Server=host,1433;Database=db;User ID=...;Password=...";
    private const string Quoting = "a value that holds ; or = or begins with a quote must stand in quotes, as in Password=\"a;b\"";

    // What Microsoft.Data.SqlClient 7 knows, synonyms included; the client itself reports an unknown one only when it connects.
    private static readonly HashSet<string> Keywords = new(StringComparer.OrdinalIgnoreCase)
    {
        "Address", "Addr", "App", "Application Intent", "ApplicationIntent", "Application Name", "AttachDbFilename", "Attestation Protocol",
        "Authentication", "Column Encryption Setting", "ColumnEncryption", "Command Timeout", "Connection Idle Timeout", "Connection Lifetime",
        "Connect Retry Count", "ConnectRetryCount", "Connect Retry Interval", "ConnectRetryInterval", "Connect Timeout", "ConnectTimeout",
        "Connection Timeout", "Context Connection", "Current Language", "Data Source", "Database", "Enclave Attestation Url", "Encrypt", "Enlist",
        "Extended Properties", "Failover Partner", "FailoverPartner", "Failover Partner SPN", "FailoverPartnerSPN", "Host Name In Certificate",
        "HostNameInCertificate", "Initial Catalog", "Initial File Name", "Integrated Security", "IP Address Preference", "IPAddressPreference",
        "Language", "Load Balance Timeout", "Max Pool Size", "Min Pool Size", "Multiple Active Result Sets", "MultipleActiveResultSets",
        "Multi Subnet Failover", "MultiSubnetFailover", "Network Address", "Packet Size", "PacketSize", "Password", "Persist Security Info",
        "PersistSecurityInfo", "Pool Blocking Period", "PoolBlockingPeriod", "Pooling", "Pwd", "Replication", "Server", "Server Certificate",
        "ServerCertificate", "Server SPN", "ServerSPN", "Timeout", "Transaction Binding", "Trusted_Connection", "Trust Server Certificate",
        "TrustServerCertificate", "Type System Version", "UID", "User", "User ID", "User Instance", "Workstation ID", "WorkstationID", "WSID",
    };

    private static readonly string[] ServerKeys = ["Data Source", "Server", "Address", "Addr", "Network Address"];
    private static readonly string[] DatabaseKeys = ["Initial Catalog", "Database"];

    /// <summary>Exactly one of the two is not null.</summary>
    internal static (SqlTarget? Target, ConnectionStringProblem? Problem) Parse(string text)
    {
        var trimmed = text.Trim();
        if (!IsUrl(trimmed))
            return ParseAdoNet(trimmed);
        if (trimmed.StartsWith(GoSqlUrl.Scheme, StringComparison.OrdinalIgnoreCase))
            return GoSqlUrl.Parse(trimmed);
        return (null, new("the connection string is a URL of another kind", $"write {GoSqlUrl.Example}, or the ADO.NET form {Example}"));
    }

    /// <summary>A <c>://</c> behind the first = stands in the value of a pair.</summary>
    private static bool IsUrl(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        return scheme >= 0 && !text.AsSpan(0, scheme).Contains('=');
    }

    private static (SqlTarget?, ConnectionStringProblem?) ParseAdoNet(string text)
    {
        var builder = new DbConnectionStringBuilder();
        try
        {
            builder.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            return (null, new("the connection string is not a list of key=value pairs", $"write {Example}; {Quoting}"));
        }
        var unknown = builder.Keys.Cast<string>().FirstOrDefault(key => !Keywords.Contains(key));
        if (unknown is not null)
        {
            var nearest = Nearest.To(unknown, Keywords) is { } found ? $"did you mean {found}? " : "";
            return (null, new("the connection string has a keyword that SqlClient does not know", nearest + Quoting));
        }
        var server = First(builder, ServerKeys);
        var database = First(builder, DatabaseKeys);
        if (server is null || DestinationName.ServerOf(server).Length == 0)
            return (null, new("the connection string names no server", "add Server=host or Server=host,port"));
        if (database is null)
            return (null, new("the connection string names no database", "add Database=name, the database whose tables are read"));
        return (new SqlTarget(text, DestinationName.ServerOf(server), database), null);
    }

    private static string? First(DbConnectionStringBuilder builder, string[] keys) =>
        keys.Select(key => builder.TryGetValue(key, out var value) ? ((string)value).Trim() : "").FirstOrDefault(value => value.Length > 0);
}
