using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Conditions and values outside of queries: variables, PRINT, RAISERROR, THROW.</summary>
internal sealed partial class StatementRunner
{
    private async ValueTask<bool> HoldsAsync(BooleanExpression node)
    {
        var plan = batch.Compiled(context.Session, node, compile => new ConditionPlan(new ExpressionCompiler(compile, new Scope(null)).Compile(node), compile));
        return await ReadAsync(plan.Compiled, () => plan.Condition(Frame()) == Truth.True).ConfigureAwait(false);
    }

    private ValuePlan Plan(ScalarExpression node) =>
        batch.Compiled(context.Session, node, compile => new ValuePlan(new ExpressionCompiler(compile, new Scope(null)).Compile(node), compile));

    private Expr Scalar(ScalarExpression node) => Plan(node).Value;

    private ValueTask<object?> ValueAsync(ScalarExpression node, SqlType type)
    {
        var plan = Plan(node);
        var eval = plan.Value.ConvertTo(type).Eval;
        return ReadAsync(plan.Compiled, () => eval(Frame()));
    }

    private Frame Frame() => new(context, 0, 0, null);

    private async ValueTask<bool> RunVariableAsync(TSqlStatement statement)
    {
        switch (statement)
        {
            case DeclareVariableStatement declare:
                foreach (var declaration in declare.Declarations)
                {
                    var (ordinal, type) = batch.Variables.Find(declaration.VariableName.Value)!.Value;
                    if (declaration.Value is not null)
                    {
                        context.Variables[ordinal] = await ValueAsync(declaration.Value, type).ConfigureAwait(false);
                    }
                }
                return true;
            case DeclareTableVariableStatement declare:
                context.Session.TempTables[declare.Body.VariableName.Value] =
                    new TableBuilder(new CompileContext(context.Session, batch.Variables), "", declare.Body.VariableName.Value).Build(declare.Body.Definition);
                return true;
            case SetVariableStatement set:
                var (target, targetType) = batch.Variables.Find(set.Variable.Name) ?? throw Errors.UndeclaredVariable(set.Variable.Name);
                context.Variables[target] = Queries.Assignments.Operator(set.AssignmentKind) is { } op
                    ? await CompoundAsync(op, target, targetType, set.Expression).ConfigureAwait(false)
                    : await ValueAsync(set.Expression, targetType).ConfigureAwait(false);
                context.Session.RowCount = 1;
                return true;
            case PrintStatement print:
                var text = Scalar(print.Expression).ConvertTo(SqlTypes.NVarChar(-1)).Eval(Frame()) as string;
                context.Sink.Message(new SqlError(0, 1, 0, text ?? "", "", print.StartLine));
                return true;
            case RaiseErrorStatement raise:
                Raise(raise);
                return true;
            case ThrowStatement raise:
                throw Thrown(raise);
            default:
                return false;
        }
    }

    private ValueTask<object?> CompoundAsync(BinaryExpressionType op, int target, SqlType type, ScalarExpression node)
    {
        var plan = Plan(node);
        var current = new Expr(type, _ => context.Variables[target]);
        var eval = ExpressionCompiler.Binary(op, current, plan.Value).ConvertTo(type).Eval;
        return ReadAsync(plan.Compiled, () => eval(Frame()));
    }

    private void Raise(RaiseErrorStatement raise)
    {
        var frame = Frame();
        var first = Scalar(raise.FirstParameter);
        var severity = (byte)(int)Scalar(raise.SecondParameter).ConvertTo(SqlTypes.Int).Eval(frame)!;
        var state = (byte)(int)Scalar(raise.ThirdParameter).ConvertTo(SqlTypes.Int).Eval(frame)!;
        var number = SqlTypes.IsInteger(first.Type.Kind) ? (int)first.ConvertTo(SqlTypes.Int).Eval(frame)! : 50000;
        var format = number == 50000 ? (string?)first.ConvertTo(SqlTypes.NVarChar(2047)).Eval(frame) ?? "" : $"Error {number}, severity {severity}, state {state} was raised.";
        var message = MessageFormat.Apply(format, raise.OptionalParameters.Select(p => (Scalar(p).Type, Scalar(p).Eval(frame))));
        var error = new SqlError(number, state, severity, message, "", raise.StartLine);
        if (severity > 10)
        {
            throw new SqlErrorException(error);
        }
        context.Sink.Message(error);
    }

    private SqlErrorException Thrown(ThrowStatement raise)
    {
        if (raise.ErrorNumber is null)
        {
            return new SqlErrorException(context.Caught
                ?? new SqlError(10704, 1, 15, "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement."));
        }
        var frame = Frame();
        return new SqlErrorException(new SqlError(
            (int)Scalar(raise.ErrorNumber).ConvertTo(SqlTypes.Int).Eval(frame)!,
            (byte)(int)Scalar(raise.State).ConvertTo(SqlTypes.Int).Eval(frame)!,
            16,
            (string?)Scalar(raise.Message).ConvertTo(SqlTypes.NVarChar(2048)).Eval(frame) ?? "",
            "",
            raise.StartLine));
    }

    private sealed record ConditionPlan(Predicate Condition, CompileContext Compiled);

    private sealed record ValuePlan(Expr Value, CompileContext Compiled);
}
