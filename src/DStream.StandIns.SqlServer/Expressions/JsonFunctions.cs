using System.Text.Json;
using System.Text.Json.Nodes;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>ISJSON, JSON_VALUE, JSON_QUERY and JSON_MODIFY.</summary>
internal static class JsonFunctions
{
    public static void Register(Dictionary<string, Function> functions)
    {
        functions["ISJSON"] = new(1, 2, static site => new Expr(SqlTypes.Int, f => site.Text(0)(f) is string text ? TryParse(text) is null ? 0 : 1 : null));
        functions["JSON_VALUE"] = new(1, 2, static site => new Expr(SqlTypes.NVarChar(4000), f => At(f, site) is ({ } node, var strict) ? Scalar(node, strict) : null));
        functions["JSON_QUERY"] = new(1, 2, static site => new Expr(SqlTypes.NVarChar(-1), f => At(f, site) is ({ } node, var strict) ? Fragment(node, strict) : null));
        functions["JSON_MODIFY"] = new(3, 3, static site => new Expr(SqlTypes.NVarChar(-1), f => Modify(f, site)));
    }

    public static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text) is var node and (JsonObject or JsonArray) ? node : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static JsonNode Parse(string text) => TryParse(text)
        ?? throw Errors.Of(13609, 16, $"JSON text is not properly formatted. Unexpected character '{(text.Length == 0 ? '.' : text.Trim()[0])}' is found at position 0.", 4);

    /// <summary>The text of a scalar; null for an object or an array.</summary>
    public static string? Scalar(JsonNode node, bool strict) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonValue value when value.GetValueKind() == JsonValueKind.Null => null,
        JsonValue value => value.ToJsonString(),
        _ => strict ? throw Errors.Of(13623, 16, "Scalar value cannot be found in the specified JSON path.", 2) : null,
    };

    private static string? Fragment(JsonNode node, bool strict) => node is JsonValue
        ? strict ? throw Errors.Of(13624, 16, "Object or array cannot be found in the specified JSON path.") : null
        : node.ToJsonString(JsonPath.Output);

    private static (JsonNode? Node, bool Strict)? At(Frame frame, FunctionCallSite site)
    {
        if (site.Text(0)(frame) is not string text)
        {
            return null;
        }
        var path = JsonPath.Parse(site.Arguments.Length > 1 ? (string?)site.Text(1)(frame) ?? "$" : "$");
        return (path.Find(Parse(text)), path.IsStrict);
    }

    private static string? Modify(Frame frame, FunctionCallSite site)
    {
        if (site.Text(0)(frame) is not string text || site.Text(1)(frame) is not string path)
        {
            return null;
        }
        var value = site.Arguments[2].Eval(frame);
        var root = Parse(text);
        JsonPath.Parse(path).Set(root, value is null ? null : SqlTypes.IsNumeric(site.TypeOf(2).Kind)
            ? JsonNode.Parse(site.TypeOf(2).Kind == SqlKind.Bit ? ((bool)value ? "true" : "false") : Conversion.ToText(value, site.TypeOf(2)))
            : JsonValue.Create(Conversion.ToText(value, site.TypeOf(2))));
        return root.ToJsonString(JsonPath.Output);
    }
}
