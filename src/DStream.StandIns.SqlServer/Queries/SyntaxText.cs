using System.Text;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>The text of a piece of syntax without blanks, comments and case: equal texts mean equal expressions.</summary>
internal static class SyntaxText
{
    public static string Of(TSqlFragment node)
    {
        var text = new StringBuilder();
        for (var i = node.FirstTokenIndex; i >= 0 && i <= node.LastTokenIndex; i++)
        {
            var token = node.ScriptTokenStream[i];
            switch (token.TokenType)
            {
                case TSqlTokenType.WhiteSpace or TSqlTokenType.SingleLineComment or TSqlTokenType.MultilineComment:
                    break;
                case TSqlTokenType.AsciiStringLiteral or TSqlTokenType.UnicodeStringLiteral:
                    text.Append(token.Text).Append(' ');
                    break;
                default:
                    text.Append(token.Text.Trim('[', ']', '"').ToUpperInvariant()).Append(' ');
                    break;
            }
        }
        return text.ToString();
    }

    /// <summary>The text as it was written.</summary>
    public static string Verbatim(TSqlFragment node) =>
        string.Concat(Enumerable.Range(node.FirstTokenIndex, node.LastTokenIndex - node.FirstTokenIndex + 1).Select(i => node.ScriptTokenStream[i].Text));
}
