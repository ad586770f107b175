using System.Data.Common;
using System.Globalization;
using System.Text;
using DStream.Core;

namespace DStream.Configuration.ConnectionStrings;

/// <summary>
/// Turns <c>sqlserver://user:password@host:port/instance?parameter=value</c>, the form of Go's driver
/// (https://github.com/microsoft/go-mssqldb#the-connection-string-can-be-specified-in-one-of-three-formats), into ADO.NET's.
/// </summary>
internal static class GoSqlUrl
{
    internal const string Scheme = "sqlserver://";
    internal const string Example = "sqlserver://user:password@host:1433?database=db";

    private const string Escaping = "characters of a user or password other than letters, digits and - _ . ~ are written as % and two hexadecimal digits, as %40 for @";

    private sealed record Url(string UserInfo, string Host, string Port, string Instance, string Query);

    /// <summary>Exactly one of the two is not null.</summary>
    internal static (SqlTarget? Target, ConnectionStringProblem? Problem) Parse(string text)
    {
        var builder = new DbConnectionStringBuilder();
        var problem = Split(text[Scheme.Length..], out var url)
            ?? AddServer(builder, url)
            ?? AddQuery(builder, url.Query)
            ?? AddLogin(builder, url.UserInfo)
            ?? (builder.ContainsKey("Initial Catalog") ? null : new("the URL names no database", $"add ?database=name, as in {Example}"));
        if (problem is not null)
            return (null, problem);
        // The driver's default is unlike SqlClient's: without the parameter it encrypts the login only and trusts any certificate.
        if (!builder.ContainsKey("Encrypt"))
        {
            builder["Encrypt"] = "False";
            if (!builder.ContainsKey("Trust Server Certificate"))
                builder["Trust Server Certificate"] = "True";
        }
        var server = DestinationName.ServerOf((string)builder["Data Source"]);
        return (new SqlTarget(builder.ConnectionString, server, (string)builder["Initial Catalog"]), null);
    }

    private static ConnectionStringProblem? Split(string rest, out Url url)
    {
        url = new Url("", "", "", "", "");
        if (rest.Contains('#', StringComparison.Ordinal))
            return new("the URL holds a #", "write it as %23; " + Escaping);
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var beforeQuery = query < 0 ? rest : rest[..query];
        var path = beforeQuery.IndexOf('/', StringComparison.Ordinal);
        var authority = path < 0 ? beforeQuery : beforeQuery[..path];
        var at = authority.LastIndexOf('@');
        var hostAndPort = authority[(at + 1)..];
        var colon = hostAndPort.StartsWith('[') ? hostAndPort.IndexOf("]:", StringComparison.Ordinal) + 1 : hostAndPort.LastIndexOf(':');
        var hasPort = colon > 0 && hostAndPort[colon] == ':';
        url = new Url(
            at < 0 ? "" : authority[..at],
            (hasPort ? hostAndPort[..colon] : hostAndPort).Trim('[', ']'),
            hasPort ? hostAndPort[(colon + 1)..] : "",
            path < 0 ? "" : beforeQuery[(path + 1)..].TrimEnd('/'),
            query < 0 ? "" : rest[(query + 1)..]);
        return url.Host.Length == 0 ? new("the URL names no host", $"write {Example}") : null;
    }

    private static ConnectionStringProblem? AddServer(DbConnectionStringBuilder builder, Url url)
    {
        if (Decode(url.Host, plusIsBlank: false) is not { } host || Decode(url.Instance, plusIsBlank: false) is not { } instance)
            return BadEscape();
        if (host.AsSpan().IndexOfAny(";,\\ ") >= 0 || instance.AsSpan().IndexOfAny(";,\\/") >= 0)
            return new("the URL's host or instance holds a character that no name of a server has", $"write {Example}; {Escaping}");
        if (url.Port.Length > 0 && (!ushort.TryParse(url.Port, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0))
            return new("the URL's port is no number from 1 to 65535", $"write {Example}; {Escaping}");
        builder["Data Source"] = host + (instance.Length > 0 ? "\\" + instance : "") + (url.Port.Length > 0 ? "," + url.Port : "");
        return null;
    }

    private static ConnectionStringProblem? AddLogin(DbConnectionStringBuilder builder, string userInfo)
    {
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = Decode(colon < 0 ? userInfo : userInfo[..colon], plusIsBlank: false);
        var password = Decode(colon < 0 ? "" : userInfo[(colon + 1)..], plusIsBlank: false);
        if (user is null || password is null)
            return BadEscape();
        if (user.Length > 0)
            builder["User ID"] = user;
        if (password.Length > 0)
            builder["Password"] = password;
        if (user.Length == 0 && !builder.ContainsKey("Authentication"))
            builder["Integrated Security"] = "True";
        return null;
    }

    private static ConnectionStringProblem? AddQuery(DbConnectionStringBuilder builder, string query)
    {
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var sign = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(sign < 0 ? pair : pair[..sign], plusIsBlank: true);
            var value = Decode(sign < 0 ? "" : pair[(sign + 1)..], plusIsBlank: true);
            if (name is null || value is null)
                return BadEscape();
            if (GoSqlParameters.Apply(builder, name.Trim(), value.Trim()) is { } problem)
                return problem;
        }
        return null;
    }

    private static ConnectionStringProblem BadEscape() => new("the URL holds a broken %-escape or a NUL character", "write a literal % as %25; " + Escaping);

    /// <summary>Null when an escape is broken, the bytes are not UTF-8, or a NUL is among them, which ADO.NET refuses.</summary>
    private static string? Decode(string text, bool plusIsBlank)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                // Whole runs, so that a surrogate pair is never cut in two.
                var end = text.IndexOf('%', i);
                var run = text[i..(end < 0 ? text.Length : end)];
                bytes.AddRange(Encoding.UTF8.GetBytes(plusIsBlank ? run.Replace('+', ' ') : run));
                i += run.Length - 1;
                continue;
            }
            if (i + 2 >= text.Length || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                return null;
            bytes.Add(value);
            i += 2;
        }
        if (bytes.Contains(0))
            return null;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
