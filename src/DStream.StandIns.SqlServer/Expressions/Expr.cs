using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>A compiled scalar expression: a value of its type from the current rows.</summary>
internal delegate object? Scalar(Frame frame);

/// <summary>A compiled condition, in three-valued logic.</summary>
internal delegate Truth Predicate(Frame frame);

internal enum Truth : byte
{
    False,
    True,
    Unknown,
}

/// <summary>An expression with what is known of it before it runs.</summary>
internal sealed record Expr(SqlType Type, Scalar Eval, bool IsNullable = true)
{
    /// <summary>The same value whenever evaluated: literals and what is folded from them.</summary>
    public bool IsConstant { get; init; }

    /// <summary>The literal NULL, which takes the type of what it meets.</summary>
    public bool IsNullLiteral { get; init; }

    /// <summary>The column this is, when it is a plain reference into the current scope.</summary>
    public (int Source, int Column)? Column { get; init; }

    public bool IsIdentity { get; init; }

    /// <summary>COLLATE stands at the expression itself: it wins over a column's collation.</summary>
    public bool IsCollated { get; init; }

    public static Expr Constant(SqlType type, object? value) =>
        new(type, _ => value, value is null) { IsConstant = true, IsNullLiteral = value is null };

    public Expr ConvertTo(SqlType to, int style = -1)
    {
        if (Type == to)
        {
            return this;
        }
        if (IsNullLiteral)
        {
            return new Expr(to, static _ => null) { IsConstant = true, IsNullLiteral = true };
        }
        var (eval, from) = (Eval, Type);
        if (IsConstant)
        {
            var folded = new Lazy<object?>(() => Conversion.To(eval(null!), from, to, style));
            return new Expr(to, _ => folded.Value, IsNullable) { IsConstant = true };
        }
        // Values of these families have one CLR form whatever their length; only a narrower length needs work.
        if (SqlTypes.IsCharacter(from.Kind) && to.Kind is SqlKind.VarChar or SqlKind.NVarChar && to.MaxLength == -1
            || from.Kind == to.Kind && SqlTypes.IsBinary(to.Kind) && to.MaxLength == -1)
        {
            return new Expr(to, eval, IsNullable);
        }
        return new Expr(to, frame => Conversion.To(eval(frame), from, to, style), IsNullable);
    }
}
