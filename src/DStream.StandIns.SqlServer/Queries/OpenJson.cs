using System.Text.Json;
using System.Text.Json.Nodes;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>OPENJSON, with its own columns (key, value, type) or those of WITH.</summary>
internal static class OpenJson
{
    public static LateralSource Compile(ExpressionCompiler compiler, OpenJsonTableReference node)
    {
        var text = compiler.Compile(node.Variable).ConvertTo(SqlTypes.NVarChar(-1)).Eval;
        var path = node.RowPattern is null ? static _ => "$" : compiler.Compile(node.RowPattern).ConvertTo(SqlTypes.NVarChar(-1)).Eval;
        if (node.SchemaDeclarationItems.Count == 0)
        {
            SqlColumn[] own = [new("key", SqlTypes.NVarChar(4000), false), new("value", SqlTypes.NVarChar(-1)), new("type", SqlTypes.TinyInt, false)];
            return new LateralSource(new CompiledQuery(own, (_, frame) => Root(text, path, frame!) is { } root ? Pairs(root) : []));
        }
        var items = node.SchemaDeclarationItems.Select(item => (
            Name: item.ColumnDefinition.ColumnIdentifier.Value,
            Type: DataTypes.Resolve(item.ColumnDefinition.DataType),
            Path: JsonPath.Parse(item.Mapping is StringLiteral mapping ? mapping.Value : $"$.\"{item.ColumnDefinition.ColumnIdentifier.Value}\""),
            item.AsJson)).ToArray();
        var columns = items.Select(item => new SqlColumn(item.Name, item.Type)).ToArray();
        return new LateralSource(new CompiledQuery(columns, (_, frame) => (Root(text, path, frame!) switch
        {
            JsonArray array => array,
            JsonObject one => new[] { one },
            _ => (IEnumerable<JsonNode?>)[],
        }).Select(row => items.Select(item => Cell(item.Path.Find(row), item.Type, item.AsJson)).ToArray())));
    }

    private static JsonNode? Root(Scalar text, Scalar path, Frame frame) =>
        text(frame) is string json ? JsonPath.Parse((string?)path(frame) ?? "$").Find(JsonFunctions.Parse(json)) : null;

    private static IEnumerable<object?[]> Pairs(JsonNode root) => root switch
    {
        JsonArray array => array.Select((item, i) => Pair(i.ToString(System.Globalization.CultureInfo.InvariantCulture), item)),
        JsonObject members => members.Select(member => Pair(member.Key, member.Value)),
        _ => [],
    };

    private static object?[] Pair(string key, JsonNode? value) =>
    [
        key,
        value switch { null => null, JsonValue => JsonFunctions.Scalar(value, strict: false), _ => value.ToJsonString(JsonPath.Output) },
        value?.GetValueKind() switch
        {
            JsonValueKind.String => (byte)1,
            JsonValueKind.Number => (byte)2,
            JsonValueKind.True or JsonValueKind.False => (byte)3,
            JsonValueKind.Array => (byte)4,
            JsonValueKind.Object => (byte)5,
            _ => (byte)0,
        },
    ];

    private static object? Cell(JsonNode? node, SqlType type, bool asJson)
    {
        if (node is null)
        {
            return null;
        }
        var text = asJson ? node.ToJsonString(JsonPath.Output) : JsonFunctions.Scalar(node, strict: false);
        return text is null ? null : Conversion.To(text, SqlTypes.NVarChar(-1), type);
    }
}
