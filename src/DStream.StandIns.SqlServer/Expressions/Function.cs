using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>A built-in function: how many arguments it takes and how a call of it compiles.</summary>
internal sealed record Function(int Minimum, int Maximum, Func<FunctionCallSite, Expr> Compile, bool TakesDatePart = false);

/// <summary>A call being compiled.</summary>
internal sealed record FunctionCallSite(CompileContext Context, Expr[] Arguments, string? DatePart)
{
    public SqlType TypeOf(int argument) => Arguments[argument].Type;

    public Scalar Text(int argument) => Arguments[argument].ConvertTo(SqlTypes.NVarChar(-1)).Eval;

    public Scalar Integer(int argument) => Arguments[argument].ConvertTo(SqlTypes.Int).Eval;

    public Scalar Float(int argument) => Arguments[argument].ConvertTo(SqlTypes.Float).Eval;

    public Scalar Binary(int argument) => Arguments[argument].ConvertTo(SqlTypes.VarBinary(-1)).Eval;

    /// <summary>A character type of the same sort as an argument's, with another length.</summary>
    public SqlType Characters(int argument, int length) => SqlTypes.IsNational(TypeOf(argument).Kind) ? SqlTypes.NVarChar(length) : SqlTypes.VarChar(length);

    public SqlType SameCharacters(int argument) => SqlTypes.IsCharacter(TypeOf(argument).Kind)
        ? Characters(argument, SqlTypes.Characters(TypeOf(argument)) is int.MaxValue ? -1 : SqlTypes.Characters(TypeOf(argument)))
        : SqlTypes.VarChar(8000);
}
