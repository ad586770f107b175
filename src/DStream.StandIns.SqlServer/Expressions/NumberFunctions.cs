using System.Data.SqlTypes;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

internal static class NumberFunctions
{
    public static void Register(Dictionary<string, Function> functions)
    {
        functions["ABS"] = new(1, 1, static site => Numeric(site, static d => SqlDecimal.Abs(d), Math.Abs));
        functions["FLOOR"] = new(1, 1, static site => Numeric(site, static d => SqlDecimal.Floor(d), Math.Floor));
        functions["CEILING"] = new(1, 1, static site => Numeric(site, static d => SqlDecimal.Ceiling(d), Math.Ceiling));
        functions["SIGN"] = new(1, 1, static site => Numeric(site, static d => SqlDecimal.Sign(d).ToSqlDecimal(), static v => Math.Sign(v)));
        functions["ROUND"] = new(2, 3, Round);
        functions["POWER"] = new(2, 2, static site => new Expr(Plain(site), f => site.Float(0)(f) is double a && site.Float(1)(f) is double b
            ? Conversion.To(Math.Pow(a, b), SqlTypes.Float, Plain(site)) : null));
        functions["SQRT"] = new(1, 1, static site => Real(site, Math.Sqrt));
        functions["SQUARE"] = new(1, 1, static site => Real(site, static v => v * v));
        functions["EXP"] = new(1, 1, static site => Real(site, Math.Exp));
        functions["LOG"] = new(1, 1, static site => Real(site, Math.Log));
        functions["LOG10"] = new(1, 1, static site => Real(site, Math.Log10));
        functions["SIN"] = new(1, 1, static site => Real(site, Math.Sin));
        functions["COS"] = new(1, 1, static site => Real(site, Math.Cos));
        functions["TAN"] = new(1, 1, static site => Real(site, Math.Tan));
        functions["COT"] = new(1, 1, static site => Real(site, static v => 1 / Math.Tan(v)));
        functions["ASIN"] = new(1, 1, static site => Real(site, Math.Asin));
        functions["ACOS"] = new(1, 1, static site => Real(site, Math.Acos));
        functions["ATAN"] = new(1, 1, static site => Real(site, Math.Atan));
        functions["ATN2"] = new(2, 2, static site => new Expr(SqlTypes.Float, f => site.Float(0)(f) is double y && site.Float(1)(f) is double x ? Math.Atan2(y, x) : null));
        functions["DEGREES"] = new(1, 1, static site => Real(site, static v => v * 180 / Math.PI));
        functions["RADIANS"] = new(1, 1, static site => Real(site, static v => v * Math.PI / 180));
        functions["PI"] = new(0, 0, static _ => Expr.Constant(SqlTypes.Float, Math.PI));
        functions["RAND"] = new(0, 1, static _ => new Expr(SqlTypes.Float, static f => f.Context.Session.Random.NextDouble(), false));
        functions["CHECKSUM"] = new(1, 64, static site => new Expr(SqlTypes.Int, f =>
            site.Arguments.Aggregate(0, (hash, argument) => (hash * 31) + Stable(argument.Eval(f))), false));
        functions["BINARY_CHECKSUM"] = functions["CHECKSUM"];
        functions["HASHBYTES"] = new(2, 2, HashBytes);
        functions["ISNUMERIC"] = new(1, 1, static site => new Expr(SqlTypes.Int, f => site.Text(0)(f) is string s
            && double.TryParse(s, System.Globalization.NumberStyles.Any, System.Globalization.CultureInfo.InvariantCulture, out _) ? 1 : 0, false));
    }

    private static SqlType Plain(FunctionCallSite site) => SqlTypes.IsNumeric(site.TypeOf(0).Kind) && site.TypeOf(0).Kind != SqlKind.Bit ? site.TypeOf(0) : SqlTypes.Float;

    private static Expr Real(FunctionCallSite site, Func<double, double> apply)
    {
        var value = site.Float(0);
        return new Expr(SqlTypes.Float, f => value(f) is double v ? apply(v) : null);
    }

    private static Expr Numeric(FunctionCallSite site, Func<SqlDecimal, SqlDecimal> exact, Func<double, double> approximate)
    {
        var type = Plain(site);
        if (SqlTypes.IsApproximate(type.Kind))
        {
            var real = site.Float(0);
            return new Expr(type, f => real(f) is double v ? Conversion.To(approximate(v), SqlTypes.Float, type) : null);
        }
        var wide = TypePrecedence.AsDecimal(type);
        var value = site.Arguments[0].ConvertTo(wide).Eval;
        return new Expr(type, f => value(f) is SqlDecimal v ? Conversion.To(exact(v), SqlTypes.Decimal(38, wide.Scale), type) : null);
    }

    private static Expr Round(FunctionCallSite site)
    {
        var digits = site.Integer(1);
        var type = Plain(site);
        if (SqlTypes.IsApproximate(type.Kind))
        {
            var real = site.Float(0);
            return new Expr(type, f => real(f) is double v && digits(f) is int d
                ? Conversion.To(d >= 0 ? Math.Round(v, Math.Min(d, 15), MidpointRounding.AwayFromZero) : Math.Round(v / Math.Pow(10, -d), MidpointRounding.AwayFromZero) * Math.Pow(10, -d), SqlTypes.Float, type)
                : null);
        }
        var wide = TypePrecedence.AsDecimal(type);
        var value = site.Arguments[0].ConvertTo(wide).Eval;
        var truncate = site.Arguments.Length > 2 ? site.Integer(2) : static _ => 0;
        return new Expr(type, f => value(f) is SqlDecimal v && digits(f) is int d
            ? Conversion.To(truncate(f) is int and not 0 ? SqlDecimal.Truncate(v, d) : SqlDecimal.Round(v, d), SqlTypes.Decimal(38, wide.Scale), type)
            : null);
    }

    private static Expr HashBytes(FunctionCallSite site)
    {
        var (algorithm, value) = (site.Text(0), site.Binary(1));
        return new Expr(SqlTypes.VarBinary(8000), f => value(f) is byte[] bytes
            ? ((string?)algorithm(f))?.ToUpperInvariant() switch
            {
                "SHA2_256" => System.Security.Cryptography.SHA256.HashData(bytes),
                "SHA2_512" => System.Security.Cryptography.SHA512.HashData(bytes),
                _ => throw Errors.Unsupported("HASHBYTES other than SHA2_256 and SHA2_512"),
            }
            : null);
    }

    // HashCode is seeded per process; CHECKSUM must give the same value always.
    private static int Stable(object? value) => value switch
    {
        null => 0,
        string s => s.ToUpperInvariant().TrimEnd(' ').Aggregate(17, static (hash, c) => (hash * 31) + c),
        byte[] b => b.Aggregate(17, static (hash, x) => (hash * 31) + x),
        Guid g => Stable(g.ToByteArray()),
        _ => value.GetHashCode(),
    };
}
