using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Parsing;

/// <summary>Text to syntax tree. The parser's own error numbers (46xxx) become those of SQL Server.</summary>
internal static class BatchParser
{
    public static IReadOnlyList<TSqlStatement> Parse(string text)
    {
        // The parser knows the option of INSERT BULK by its name in BULK INSERT only.
        if (text.StartsWith("insert bulk", StringComparison.OrdinalIgnoreCase) && text.LastIndexOf(") with (", StringComparison.OrdinalIgnoreCase) is > 0 and var options)
        {
            text = text[..options] + text[options..].Replace("KEEP_NULLS", "KEEPNULLS", StringComparison.OrdinalIgnoreCase);
        }
        using var reader = new StringReader(text);
        var parser = new TSql170Parser(initialQuotedIdentifiers: true);
        var fragment = parser.Parse(reader, out var errors);
        if (errors.Count > 0) throw new SqlErrorException(SyntaxError(parser, text, errors[0]));
        var script = (TSqlScript)fragment;
        return script.Batches.Count switch
        {
            0 => [],
            1 => [.. script.Batches[0].Statements],
            _ => throw Errors.Syntax("GO"),
        };
    }

    // 46010 is "Incorrect syntax near"; the server tells a keyword there from all else.
    private static SqlError SyntaxError(TSqlParser parser, string text, ParseError error)
    {
        using var reader = new StringReader(text);
        var near = parser.GetTokenStream(reader, out _).FirstOrDefault(token => token.Offset == error.Offset);
        return error.Number == 46010 && near is not null && near.IsKeyword()
            ? new SqlError(156, 1, 15, $"Incorrect syntax near the keyword '{near.Text}'.", "", error.Line)
            : new SqlError(error.Number == 46005 ? 156 : 102, 1, 15, error.Message, "", error.Line);
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
