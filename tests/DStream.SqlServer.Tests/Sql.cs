using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.SqlServer.Tests;

/// <summary>Reads T-SQL with Microsoft's own parser.</summary>
internal static class Sql
{
    public static IEnumerable<string> ErrorsOf(string text)
    {
        using var reader = new StringReader(text);
        new TSql160Parser(initialQuotedIdentifiers: true).Parse(reader, out var errors);
        return errors.Select(error => $"{error.Line}:{error.Column} {error.Message}");
    }
}
