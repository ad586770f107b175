using System.Globalization;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

internal static class StringFunctions
{
    public static void Register(Dictionary<string, Function> functions)
    {
        functions["LEN"] = new(1, 1, site => Of(Long(site), site.Text(0), static s => s.TrimEnd(' ').Length));
        functions["DATALENGTH"] = new(1, 1, DataLength);
        functions["UPPER"] = new(1, 1, site => Of(site.SameCharacters(0), site.Text(0), static s => s.ToUpperInvariant()));
        functions["LOWER"] = new(1, 1, site => Of(site.SameCharacters(0), site.Text(0), static s => s.ToLowerInvariant()));
        functions["LTRIM"] = new(1, 1, site => Of(site.SameCharacters(0), site.Text(0), static s => s.TrimStart(' ')));
        functions["RTRIM"] = new(1, 1, site => Of(site.SameCharacters(0), site.Text(0), static s => s.TrimEnd(' ')));
        functions["TRIM"] = new(1, 1, site => Of(site.SameCharacters(0), site.Text(0), static s => s.Trim(' ')));
        functions["REVERSE"] = new(1, 1, site => Of(site.SameCharacters(0), site.Text(0), static s => new string(s.Reverse().ToArray())));
        functions["LEFT"] = new(2, 2, site => WithNumber(site, static (s, n) => s[..Math.Clamp(n, 0, s.Length)]));
        functions["RIGHT"] = new(2, 2, site => WithNumber(site, static (s, n) => s[^Math.Clamp(n, 0, s.Length)..]));
        functions["REPLICATE"] = new(2, 2, Replicate);
        functions["SPACE"] = new(1, 1, site => new Expr(SqlTypes.VarChar(8000), f => site.Integer(0)(f) is int n and >= 0 ? new string(' ', n) : null));
        functions["SUBSTRING"] = new(3, 3, Substring);
        functions["CHARINDEX"] = new(2, 3, CharIndex);
        functions["PATINDEX"] = new(2, 2, site => new Expr(SqlTypes.Int, f => site.Text(1)(f) is string s && site.Text(0)(f) is string p ? PatIndex(s, p) : null));
        functions["REPLACE"] = new(3, 3, Replace);
        functions["STUFF"] = new(4, 4, Stuff);
        functions["CONCAT"] = new(2, 254, site => Concat(site, false));
        functions["CONCAT_WS"] = new(3, 254, site => Concat(site, true));
        functions["ASCII"] = new(1, 1, site => Of(SqlTypes.Int, site.Text(0), static s => s.Length == 0 ? null : (int)System.Text.Encoding.Latin1.GetBytes(s)[0]));
        functions["UNICODE"] = new(1, 1, site => Of(SqlTypes.Int, site.Text(0), static s => s.Length == 0 ? null : (int)s[0]));
        functions["CHAR"] = new(1, 1, site => new Expr(SqlTypes.VarChar(1), Number(site, static n => n is >= 0 and <= 255 ? ((char)n).ToString() : null)));
        functions["NCHAR"] = new(1, 1, site => new Expr(SqlTypes.NVarChar(1), Number(site, static n => n is >= 0 and <= 65535 ? ((char)n).ToString() : null)));
        functions["QUOTENAME"] = new(1, 2, QuoteName);
        functions["FORMAT"] = new(2, 3, Format);
        functions["STRING_ESCAPE"] = new(2, 2, site => Of(SqlTypes.NVarChar(-1), site.Text(0), static s => System.Text.Json.JsonEncodedText.Encode(s).ToString()));
    }

    private static SqlType Long(FunctionCallSite site) => site.TypeOf(0).MaxLength == -1 ? SqlTypes.BigInt : SqlTypes.Int;

    private static Expr Of(SqlType type, Scalar text, Func<string, object?> apply) => new(type, f => text(f) is string s
        ? type.Kind == SqlKind.BigInt ? Convert.ToInt64(apply(s), CultureInfo.InvariantCulture) : apply(s)
        : null);

    private static Scalar Number(FunctionCallSite site, Func<int, object?> apply)
    {
        var number = site.Integer(0);
        return f => number(f) is int n ? apply(n) : null;
    }

    private static Expr WithNumber(FunctionCallSite site, Func<string, int, string> apply)
    {
        var (text, number) = (site.Text(0), site.Integer(1));
        return new Expr(site.SameCharacters(0), f => text(f) is string s && number(f) is int n ? apply(s, n) : null);
    }

    private static Expr DataLength(FunctionCallSite site)
    {
        var (value, type) = (site.Arguments[0].Eval, site.TypeOf(0));
        return new Expr(Long(site), f =>
        {
            var length = value(f) switch
            {
                null => (int?)null,
                string s => SqlTypes.IsNational(type.Kind) ? s.Length * 2 : s.Length,
                byte[] b => b.Length,
                _ => TypeNames.MaxLength(type),
            };
            return length is null ? null : type.MaxLength == -1 ? (long)length : length;
        });
    }

    private static Expr Replicate(FunctionCallSite site)
    {
        var (text, number) = (site.Text(0), site.Integer(1));
        var max = site.TypeOf(0).MaxLength == -1;
        return new Expr(site.Characters(0, max ? -1 : 8000), f => text(f) is string s && number(f) is int n and >= 0
            ? string.Concat(Enumerable.Repeat(s, n)) is var all && !max && all.Length > 8000 ? all[..8000] : string.Concat(Enumerable.Repeat(s, n))
            : null);
    }

    private static Expr Substring(FunctionCallSite site)
    {
        var (start, length) = (site.Integer(1), site.Integer(2));
        if (SqlTypes.IsBinary(site.TypeOf(0).Kind))
        {
            var bytes = site.Arguments[0].Eval;
            return new Expr(SqlTypes.VarBinary(site.TypeOf(0).MaxLength), f =>
                bytes(f) is byte[] b && start(f) is int s && length(f) is int n ? b[Range(b.Length, s, n)] : null);
        }
        var text = site.Text(0);
        return new Expr(site.SameCharacters(0), f => text(f) is string t && start(f) is int s && length(f) is int n ? t[Range(t.Length, s, n)] : null);
    }

    private static Range Range(int total, int start, int length)
    {
        if (length < 0)
        {
            throw Errors.Of(537, 16, "Invalid length parameter passed to the LEFT or SUBSTRING function.", 3);
        }
        var from = Math.Clamp((long)start - 1, 0, total);
        var to = Math.Clamp((long)start - 1 + length, from, total);
        return (int)from..(int)to;
    }

    private static Expr CharIndex(FunctionCallSite site)
    {
        var (sought, text) = (site.Text(0), site.Text(1));
        var start = site.Arguments.Length > 2 ? site.Integer(2) : static _ => 1;
        return new Expr(SqlTypes.Int, f => sought(f) is string s && text(f) is string t && start(f) is int from
            ? Collation.IndexOf(t, s, Math.Max(0, from - 1)) + 1
            : null);
    }

    private static int PatIndex(string text, string pattern)
    {
        var anchored = !pattern.StartsWith('%');
        var core = pattern.TrimStart('%');
        for (var i = 0; i <= (anchored ? 0 : text.Length); i++)
        {
            if (LikePattern.Matches(text[i..], core, null))
            {
                return i + 1;
            }
        }
        return 0;
    }

    private static Expr Replace(FunctionCallSite site)
    {
        var (text, from, to) = (site.Text(0), site.Text(1), site.Text(2));
        return new Expr(site.Characters(0, site.TypeOf(0).MaxLength == -1 ? -1 : 8000 / (SqlTypes.IsNational(site.TypeOf(0).Kind) ? 2 : 1)), f =>
            text(f) is string t && from(f) is string a && to(f) is string b
                ? a.Length == 0 ? t : t.Replace(a, b, StringComparison.OrdinalIgnoreCase)
                : null);
    }

    private static Expr Stuff(FunctionCallSite site)
    {
        var (text, start, length, insert) = (site.Text(0), site.Integer(1), site.Integer(2), site.Text(3));
        return new Expr(site.Characters(0, -1), f =>
        {
            if (text(f) is not string t || start(f) is not int s || length(f) is not int n || s < 1 || s > t.Length || n < 0)
            {
                return null;
            }
            return t[..(s - 1)] + (string?)insert(f) + t[Math.Min(t.Length, s - 1 + n)..];
        });
    }

    private static Expr Concat(FunctionCallSite site, bool withSeparator)
    {
        var parts = Enumerable.Range(0, site.Arguments.Length).Select(site.Text).ToArray();
        var national = site.Arguments.Any(a => SqlTypes.IsNational(a.Type.Kind));
        var max = site.Arguments.Any(a => a.Type.MaxLength == -1);
        var type = national ? SqlTypes.NVarChar(max ? -1 : 4000) : SqlTypes.VarChar(max ? -1 : 8000);
        return withSeparator
            ? new Expr(type, f => string.Join((string?)parts[0](f), parts.Skip(1).Select(p => (string?)p(f)).Where(s => s is not null)), false)
            : new Expr(type, f => string.Concat(parts.Select(p => (string?)p(f))), false);
    }

    private static Expr QuoteName(FunctionCallSite site)
    {
        var text = site.Text(0);
        var quote = site.Arguments.Length > 1 ? site.Text(1) : static _ => "[";
        return new Expr(SqlTypes.NVarChar(258), f => text(f) is string { Length: <= 128 } s
            ? (quote(f) as string) switch
            {
                "[" or "]" or "" => "[" + s.Replace("]", "]]", StringComparison.Ordinal) + "]",
                "'" => "'" + s.Replace("'", "''", StringComparison.Ordinal) + "'",
                "\"" => "\"" + s.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"",
                _ => null,
            }
            : null);
    }

    private static Expr Format(FunctionCallSite site)
    {
        var (value, format) = (site.Arguments[0].Eval, site.Text(1));
        return new Expr(SqlTypes.NVarChar(4000), f => value(f) switch
        {
            System.Data.SqlTypes.SqlDecimal number => number.Value.ToString((string?)format(f), CultureInfo.InvariantCulture),
            IFormattable formattable => formattable.ToString((string?)format(f), CultureInfo.InvariantCulture),
            _ => null,
        });
    }
}
