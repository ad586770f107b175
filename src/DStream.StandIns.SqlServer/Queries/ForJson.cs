using System.Text.Json.Nodes;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>FOR JSON PATH: the rows as one text; a dotted column name nests. AUTO does the same for a query over one table.</summary>
internal static class ForJson
{
    public static CompiledQuery Wrap(CompiledQuery query, JsonForClause clause)
    {
        bool Has(JsonForClauseOptions option) => clause.Options.Any(o => o.OptionKind == option);
        var root = clause.Options.FirstOrDefault(o => o.OptionKind == JsonForClauseOptions.Root)?.Value?.Value;
        var (isSingle, withNulls, withRoot) = (Has(JsonForClauseOptions.WithoutArrayWrapper), Has(JsonForClauseOptions.IncludeNullValues), Has(JsonForClauseOptions.Root));
        if (query.Columns.FirstOrDefault(c => c.Name.Length == 0) is not null)
        {
            throw Errors.Of(13605, 16, "Column expressions and data sources without names or aliases cannot be formatted as JSON text using FOR JSON clause. Add alias to the unnamed column or table.");
        }
        // The client joins the pieces that the server cuts the text into; here it is one.
        return new CompiledQuery([new SqlColumn("JSON_F52E2B61-18A1-11d1-B105-00805F49916B", SqlTypes.NVarChar(-1))], (run, frame) =>
        {
            var rows = query.Run(run, frame).Select(row => Member(query.Columns, row, withNulls).ToJsonString(JsonPath.Output)).ToList();
            if (rows.Count == 0)
            {
                return [];
            }
            var text = string.Join(',', rows);
            text = isSingle ? text : $"[{text}]";
            return [[withRoot ? $"{{{JsonValue.Create(root ?? "root").ToJsonString(JsonPath.Output)}:{text}}}" : text]];
        });
    }

    private static JsonObject Member(IReadOnlyList<SqlColumn> columns, object?[] row, bool withNulls)
    {
        var made = new JsonObject();
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] is null && !withNulls)
            {
                continue;
            }
            var parts = columns[i].Name.Split('.');
            var target = made;
            foreach (var part in parts.SkipLast(1))
            {
                target = (JsonObject)(target[part] ??= new JsonObject());
            }
            target[parts[^1]] = Value(row[i], columns[i].Type);
        }
        return made;
    }

    private static JsonNode? Value(object? value, SqlType type) => value switch
    {
        null => null,
        bool bit => JsonValue.Create(bit),
        byte[] bytes => JsonValue.Create(Convert.ToBase64String(bytes)),
        double or float => JsonNode.Parse(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture).ToString("e15", System.Globalization.CultureInfo.InvariantCulture)),
        _ when SqlTypes.IsNumeric(type.Kind) => JsonNode.Parse(SqlTypes.IsMoney(type.Kind) ? Conversion.ToText(value, type, 2) : Conversion.ToText(value, type)),
        DateTime or DateTimeOffset or DateOnly or TimeOnly => JsonValue.Create(SqlTypes.IsTemporal(type.Kind) && type.Kind is not (SqlKind.Date or SqlKind.Time) ? Conversion.ToText(value, type, 126) : Conversion.ToText(value, type)),
        _ => JsonValue.Create(Conversion.ToText(value, type)),
    };
}
