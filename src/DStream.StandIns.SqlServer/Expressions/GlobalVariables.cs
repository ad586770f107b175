using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>@@ROWCOUNT and its like.</summary>
internal static class GlobalVariables
{
    public static Expr Compile(string name) => name.ToUpperInvariant() switch
    {
        "@@ROWCOUNT" => new Expr(SqlTypes.Int, static f => (int)f.Context.Session.RowCount, false),
        "@@ERROR" => new Expr(SqlTypes.Int, static f => f.Context.Session.LastError, false),
        "@@TRANCOUNT" => new Expr(SqlTypes.Int, static f => f.Context.Session.TransactionCount, false),
        "@@IDENTITY" => new Expr(SqlTypes.Decimal(38, 0), static f => Identity(f.Context.Session.LastIdentity)),
        "@@FETCH_STATUS" => new Expr(SqlTypes.Int, static f => f.Context.Session.FetchStatus, false),
        "@@CURSOR_ROWS" => new Expr(SqlTypes.Int, static f => f.Context.Session.CursorRows, false),
        "@@PROCID" => new Expr(SqlTypes.Int, static f => f.Context.ModuleId, false),
        "@@SPID" => new Expr(SqlTypes.SmallInt, static f => f.Context.Session.Id, false),
        "@@SERVERNAME" => new Expr(SqlTypes.SysName, static f => f.Context.Engine.Options.ServerName),
        "@@SERVICENAME" => Expr.Constant(SqlTypes.SysName, "MSSQLSERVER"),
        "@@VERSION" => Expr.Constant(SqlTypes.NVarChar(300), "Microsoft SQL Server 2025 (stand-in) - 17.0.1000.0 (X64)"),
        "@@NESTLEVEL" => new Expr(SqlTypes.Int, static f => f.Context.Nesting, false),
        "@@LOCK_TIMEOUT" => new Expr(SqlTypes.Int, static f => f.Context.Session.Settings.LockTimeout, false),
        "@@DATEFIRST" => new Expr(SqlTypes.TinyInt, static f => (byte)f.Context.Session.Settings.DateFirst, false),
        "@@TEXTSIZE" => new Expr(SqlTypes.Int, static f => f.Context.Session.Settings.TextSize, false),
        "@@LANGUAGE" => Expr.Constant(SqlTypes.SysName, "us_english"),
        "@@MAX_PRECISION" => Expr.Constant(SqlTypes.TinyInt, (byte)38),
        "@@OPTIONS" => Expr.Constant(SqlTypes.Int, 5496),
        "@@DBTS" => new Expr(new SqlType(SqlKind.VarBinary, 8), static f => Conversion.To((long)f.Context.Engine.LastRowVersion, SqlTypes.BigInt, SqlTypes.VarBinary(8))),
        _ => throw Errors.Of(137, 15, $"Must declare the scalar variable \"{name}\".", 2),
    };

    public static object? Identity(object? value) =>
        Conversion.To(value, SqlTypes.BigInt, SqlTypes.Decimal(38, 0));
}
