using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>A path as the JSON functions take it: lax or strict, then $.name."quoted name"[3].</summary>
internal sealed class JsonPath
{
    public static readonly JsonSerializerOptions Output = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string? Name, int Index)> _steps = [];

    public bool IsStrict { get; private init; }

    private bool Appends { get; init; }

    public static JsonPath Parse(string text)
    {
        var rest = text.Trim();
        var appends = rest.StartsWith("append ", StringComparison.OrdinalIgnoreCase);
        rest = appends ? rest[7..].TrimStart() : rest;
        var strict = rest.StartsWith("strict ", StringComparison.OrdinalIgnoreCase);
        rest = strict ? rest[7..].TrimStart() : rest.StartsWith("lax ", StringComparison.OrdinalIgnoreCase) ? rest[4..].TrimStart() : rest;
        if (!rest.StartsWith('$'))
        {
            throw Wrong(text);
        }
        var path = new JsonPath { IsStrict = strict, Appends = appends };
        for (var i = 1; i < rest.Length;)
        {
            path._steps.Add(Step(rest, ref i) ?? throw Wrong(text));
        }
        return path;
    }

    public JsonNode? Find(JsonNode? node)
    {
        foreach (var (name, index) in _steps)
        {
            node = name is not null ? (node as JsonObject)?[name] : node is JsonArray array && index < array.Count ? array[index] : null;
            if (node is null)
            {
                return IsStrict ? throw Errors.Of(13608, 16, "Property cannot be found on the specified JSON path.", 2) : null;
            }
        }
        return node;
    }

    public void Set(JsonNode root, JsonNode? value)
    {
        var parent = new JsonPath { IsStrict = IsStrict };
        parent._steps.AddRange(Appends ? _steps : _steps.SkipLast(1));
        switch (parent.Find(root))
        {
            case JsonArray array when Appends:
                array.Add(value);
                break;
            case JsonObject target when _steps[^1].Name is { } name:
                if (value is null && !IsStrict)
                {
                    target.Remove(name);
                }
                else
                {
                    target[name] = value;
                }
                break;
            case JsonArray array when _steps[^1].Index < array.Count:
                array[_steps[^1].Index] = value;
                break;
            default:
                break;
        }
    }

    private static (string? Name, int Index)? Step(string text, ref int i)
    {
        if (text[i] == '[')
        {
            var end = text.IndexOf(']', i);
            var number = end < 0 ? "" : text[(i + 1)..end];
            i = end + 1;
            return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? (null, index) : null;
        }
        if (text[i++] != '.' || i == text.Length)
        {
            return null;
        }
        var name = new StringBuilder();
        if (text[i] == '"')
        {
            for (i++; i < text.Length && text[i] != '"'; i++)
            {
                name.Append(text[i]);
            }
            i++;
        }
        else
        {
            for (; i < text.Length && text[i] is not ('.' or '['); i++)
            {
                name.Append(text[i]);
            }
        }
        return (name.ToString(), 0);
    }

    private static Sessions.SqlErrorException Wrong(string text) =>
        Errors.Of(13607, 16, $"JSON path is not properly formatted. Unexpected character '{(text.Length == 0 ? '.' : text[0])}' is found at position 0.", 4);
}
