using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>Session, error, conversion and identity functions.</summary>
internal static class SystemFunctions
{
    public static void Register(Dictionary<string, Function> functions)
    {
        functions["ISNULL"] = new(2, 2, IsNull);
        functions["NEWID"] = new(0, 0, static _ => new Expr(SqlTypes.UniqueIdentifier, static f => NewGuid(f), false));
        functions["NEWSEQUENTIALID"] = functions["NEWID"];
        functions["SCOPE_IDENTITY"] = new(0, 0, static _ => new Expr(SqlTypes.Decimal(38, 0), static f => GlobalVariables.Identity(f.Context.ScopeIdentity)));
        functions["ROWCOUNT_BIG"] = new(0, 0, static _ => new Expr(SqlTypes.BigInt, static f => f.Context.Session.RowCount, false));
        functions["XACT_STATE"] = new(0, 0, static _ => new Expr(SqlTypes.SmallInt, static f => f.Context.Session.TransactionState, false));
        functions["DB_NAME"] = new(0, 1, static site => new Expr(SqlTypes.SysName, site.Arguments.Length == 0
            ? static f => f.Context.Session.Database
            : f => site.Integer(0)(f) is int id ? f.Context.Engine.Databases.Values.FirstOrDefault(d => d.Id == id)?.Name : null));
        functions["ORIGINAL_DB_NAME"] = functions["DB_NAME"];
        functions["DB_ID"] = new(0, 1, static site => new Expr(SqlTypes.SmallInt, f =>
            f.Context.Engine.Databases.GetValueOrDefault(site.Arguments.Length == 0 ? f.Context.Session.Database : (string?)site.Text(0)(f) ?? "")?.Id is { } id ? (short)id : null));
        functions["HOST_NAME"] = new(0, 0, static _ => new Expr(SqlTypes.SysName, static f => f.Context.Session.Login.Host));
        functions["APP_NAME"] = new(0, 0, static _ => new Expr(SqlTypes.SysName, static f => f.Context.Session.Login.Application));
        functions["SUSER_SID"] = new(0, 1, static _ => Expr.Constant(SqlTypes.VarBinary(85), new byte[] { 1 }));
        functions["ERROR_NUMBER"] = new(0, 0, static _ => new Expr(SqlTypes.Int, static f => f.Context.Caught?.Number));
        functions["ERROR_MESSAGE"] = new(0, 0, static _ => new Expr(SqlTypes.NVarChar(4000), static f => f.Context.Caught?.Message));
        functions["ERROR_SEVERITY"] = new(0, 0, static _ => new Expr(SqlTypes.Int, static f => (int?)f.Context.Caught?.Severity));
        functions["ERROR_STATE"] = new(0, 0, static _ => new Expr(SqlTypes.Int, static f => (int?)f.Context.Caught?.State));
        functions["ERROR_LINE"] = new(0, 0, static _ => new Expr(SqlTypes.Int, static f => f.Context.Caught?.Line));
        functions["ERROR_PROCEDURE"] = new(0, 0, static _ => new Expr(SqlTypes.NVarChar(128), static f => f.Context.Caught?.Procedure is { Length: > 0 } p ? p : null));
        functions["SERVERPROPERTY"] = new(1, 1, static site => new Expr(SqlTypes.Variant, f => Property((string?)site.Text(0)(f), f)));
        functions["SESSIONPROPERTY"] = new(1, 1, static _ => Expr.Constant(SqlTypes.Variant, new SqlVariantValue(SqlTypes.Int, 1)));
        functions["CONNECTIONPROPERTY"] = new(1, 1, static site => new Expr(SqlTypes.Variant, f =>
            site.Text(0)(f) is string p && p.Equals("net_transport", StringComparison.OrdinalIgnoreCase) ? new SqlVariantValue(SqlTypes.NVarChar(40), "TCP") : null));
        functions["SQL_VARIANT_PROPERTY"] = new(2, 2, static site => new Expr(SqlTypes.Variant, f => site.Arguments[0].ConvertTo(SqlTypes.Variant).Eval(f) is SqlVariantValue v
            && site.Text(1)(f) is string p && p.Equals("BaseType", StringComparison.OrdinalIgnoreCase) ? new SqlVariantValue(SqlTypes.SysName, TypeNames.Name(v.Type.Kind)) : null));
    }

    private static Expr IsNull(FunctionCallSite site)
    {
        var (first, second) = (site.Arguments[0], site.Arguments[1]);
        var type = first.IsNullLiteral ? second.Type : first.Type;
        var (a, b) = (first.ConvertTo(type).Eval, second.ConvertTo(type).Eval);
        return new Expr(type, f => a(f) ?? b(f), first.IsNullable && second.IsNullable);
    }

    private static Guid NewGuid(Frame frame)
    {
        Span<byte> bytes = stackalloc byte[16];
        frame.Context.Session.Random.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes);
    }

    private static SqlVariantValue? Property(string? name, Frame frame) => name?.ToUpperInvariant() switch
    {
        "SERVERNAME" or "MACHINENAME" or "COMPUTERNAMEPHYSICALNETBIOS" => Text(frame.Context.Engine.Options.ServerName),
        "PRODUCTVERSION" => Text("17.0.1000.0"),
        "PRODUCTMAJORVERSION" => Text("17"),
        "PRODUCTLEVEL" => Text("RTM"),
        "EDITION" => Text("Developer Edition (64-bit)"),
        "ENGINEEDITION" => new SqlVariantValue(SqlTypes.Int, 3),
        "COLLATION" => Text(Collation.Name),
        "ISHADRENABLED" or "ISCLUSTERED" or "ISINTEGRATEDSECURITYONLY" or "ISSINGLEUSER" => new SqlVariantValue(SqlTypes.Int, 0),
        _ => null,
    };

    private static SqlVariantValue Text(string value) => new(SqlTypes.NVarChar(128), value);
}
