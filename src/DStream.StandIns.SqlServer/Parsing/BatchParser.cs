using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Parsing;

/// <summary>Text to syntax tree. The parser's own error numbers (46xxx) become those of SQL Server.</summary>
internal static class BatchParser
{
    public static IReadOnlyList<TSqlStatement> Parse(string text)
    {
        using var reader = new StringReader(text);
        var fragment = new TSql170Parser(initialQuotedIdentifiers: true).Parse(reader, out var errors);
        if (errors.Count > 0)
        {
            var first = errors[0];
            throw new SqlErrorException(new SqlError(first.Number == 46005 ? 156 : 102, 1, 15, first.Message, "", first.Line));
        }
        var script = (TSqlScript)fragment;
        return script.Batches.Count switch
        {
            0 => [],
            1 => [.. script.Batches[0].Statements],
            _ => throw Errors.Syntax("GO"),
        };
    }

    /// <summary>The parameter list of sp_executesql: '@a int, @b nvarchar(10) OUTPUT'.</summary>
    public static IReadOnlyList<(string Name, Types.SqlType Type)> ParseParameters(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }
        var plain = System.Text.RegularExpressions.Regex.Replace(text, @"\s+(OUTPUT|OUT|READONLY)\b", "", System.Text.RegularExpressions.RegexOptions.IgnoreCase);
        var declaration = (DeclareVariableStatement)Parse("DECLARE " + plain)[0];
        return declaration.Declarations.Select(d => (d.VariableName.Value, DataTypes.Resolve(d.DataType))).ToArray();
    }
}
