using System.Globalization;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>CHOOSE, GREATEST, LEAST, PARSENAME, FORMATMESSAGE, TRANSLATE.</summary>
internal static class ChoiceFunctions
{
    public static void Register(Dictionary<string, Function> functions)
    {
        functions["CHOOSE"] = new(2, 254, Choose);
        functions["GREATEST"] = new(1, 254, static site => Extreme(site, 1));
        functions["LEAST"] = new(1, 254, static site => Extreme(site, -1));
        functions["PARSENAME"] = new(2, 2, static site => new Expr(SqlTypes.SysName, f => site.Text(0)(f) is string name && site.Integer(1)(f) is int part ? ParseName(name, part) : null));
        functions["TRANSLATE"] = new(3, 3, Translate);
        functions["FORMATMESSAGE"] = new(1, 21, static site => new Expr(SqlTypes.NVarChar(2047), f => site.Text(0)(f) is string format
            ? Statements.MessageFormat.Apply(format, site.Arguments.Skip(1).Select(a => (a.Type, a.Eval(f)))) : null));
    }

    private static Expr Choose(FunctionCallSite site)
    {
        var choices = site.Arguments[1..];
        var type = ExpressionCompiler.CommonType(choices);
        var converted = Array.ConvertAll(choices, c => c.ConvertTo(type).Eval);
        var index = site.Integer(0);
        return new Expr(type, f => index(f) is int i && i >= 1 && i <= converted.Length ? converted[i - 1](f) : null);
    }

    // NULLs do not take part.
    private static Expr Extreme(FunctionCallSite site, int sign)
    {
        var type = ExpressionCompiler.CommonType(site.Arguments);
        var converted = Array.ConvertAll(site.Arguments, a => a.ConvertTo(type).Eval);
        var order = ValueOrder.Of(type);
        return new Expr(type, f => converted.Select(c => c(f)).Where(v => v is not null).Aggregate((object?)null, (best, v) => best is null || order(v!, best) * sign > 0 ? v : best));
    }

    private static string? ParseName(string name, int part)
    {
        var found = Catalog.ObjectName.Parse(name);
        return part switch { 1 => found.Name, 2 => found.Schema, 3 => found.Database, _ => null };
    }

    private static Expr Translate(FunctionCallSite site)
    {
        var (text, from, to) = (site.Text(0), site.Text(1), site.Text(2));
        return new Expr(site.SameCharacters(0), f =>
        {
            if (text(f) is not string t || from(f) is not string a || to(f) is not string b)
            {
                return null;
            }
            if (a.Length != b.Length)
            {
                throw Errors.Of(9828, 16, "The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters.");
            }
            return string.Create(CultureInfo.InvariantCulture, $"{string.Concat(t.Select(c => a.IndexOf(c, StringComparison.OrdinalIgnoreCase) is >= 0 and var i ? b[i] : c))}");
        });
    }
}
