using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Runs the statements of a batch: control flow here, the rest by kind in the other parts.</summary>
internal sealed partial class StatementRunner(BatchContext context, Batch batch)
{
    // Errors after which SQL Server runs no further statement of the batch, whatever XACT_ABORT says.
    private static readonly HashSet<int> BatchAborting = [102, 137, 156, 195, 207, 208, 209, 241, 245, 1205, 3930, 3951, 3952, 3960, 4104, 8114, 8120, 8169];

    private int _tryDepth;
    private string? _label;

    /// <summary>The module that runs: ERROR_PROCEDURE() of what fails in it.</summary>
    public string Procedure { get; init; } = "";

    /// <summary>What the function returns that runs; null for all else.</summary>
    public SqlType? Returns { get; init; }

    /// <summary>A caller has a TRY around this: errors go to it and are not reported here.</summary>
    public bool IsInsideTry
    {
        get => _tryDepth > 0;
        init => _tryDepth = value ? 1 : 0;
    }

    public async ValueTask RunAsync()
    {
        if (await RunAllAsync(batch.Statements).ConfigureAwait(false) == Flow.GoTo)
        {
            throw Errors.Of(133, 15, $"A GOTO statement references the label '{_label}' but the label has not been declared.");
        }
    }

    private async ValueTask<Flow> RunAllAsync(IReadOnlyList<TSqlStatement> statements)
    {
        for (var i = 0; i < statements.Count; i++)
        {
            var flow = await RunGuardedAsync(statements[i]).ConfigureAwait(false);
            // A jump ends every block that does not hold the label.
            if (flow == Flow.GoTo && LabelPosition(statements) is { } place)
            {
                i = place;
                continue;
            }
            if (flow != Flow.Next)
            {
                return flow;
            }
        }
        return Flow.Next;
    }

    private int? LabelPosition(IReadOnlyList<TSqlStatement> statements)
    {
        for (var i = 0; i < statements.Count; i++)
        {
            if (statements[i] is LabelStatement label && string.Equals(label.Value.TrimEnd(':'), _label, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }
        return null;
    }

    private async ValueTask<Flow> RunGuardedAsync(TSqlStatement statement)
    {
        context.Attention.ThrowIfCancellationRequested();
        context.BeginStatement();
        try
        {
            var flow = await RunOneAsync(statement).ConfigureAwait(false);
            if (statement is not (IfStatement or WhileStatement or BeginEndBlockStatement or TryCatchStatement))
            {
                context.Session.LastError = 0;
            }
            return flow;
        }
        catch (SqlErrorException failure)
        {
            return Failed(statement, failure);
        }
    }

    private Flow Failed(TSqlStatement statement, SqlErrorException failure)
    {
        var error = failure.Error.Line > 1 ? failure.Error : failure.Error with { Line = Math.Max(1, statement.StartLine) };
        error = error.Procedure.Length > 0 ? error : error with { Procedure = Procedure };
        var session = context.Session;
        (session.LastError, session.RowCount) = (error.Number, 0);
        var raised = statement is RaiseErrorStatement;
        var abortsTransaction = error.Number is 1205 or 3960 or 3961 || (session.Settings.AbortOnError && !raised);
        if (_tryDepth > 0)
        {
            if (abortsTransaction && session.Transaction is { } doomed)
            {
                doomed.IsDoomed = true;
            }
            throw new SqlErrorException(error);
        }
        if (abortsTransaction)
        {
            session.RollbackAll();
        }
        if (abortsTransaction || statement is ThrowStatement || BatchAborting.Contains(error.Number))
        {
            // The request ends with this error; the outermost runner reports it.
            throw new SqlErrorException(error);
        }
        context.Sink.Message(error);
        context.Sink.StatementDone(null);
        return Flow.Next;
    }

    private async ValueTask<Flow> RunOneAsync(TSqlStatement statement)
    {
        if (context.Session is { Settings.ImplicitTransactions: true, TransactionCount: 0 } && BeginsImplicitly(statement))
        {
            context.Session.Begin(SqlIsolation.Unspecified, null);
        }
        switch (statement)
        {
            case BeginEndBlockStatement block:
                return await RunAllAsync(block.StatementList.Statements.AsReadOnly()).ConfigureAwait(false);
            case IfStatement branch:
                return await IfAsync(branch).ConfigureAwait(false);
            case WhileStatement loop:
                return await WhileAsync(loop).ConfigureAwait(false);
            case TryCatchStatement attempt:
                return await TryCatchAsync(attempt).ConfigureAwait(false);
            case BreakStatement:
                return Flow.Break;
            case ContinueStatement:
                return Flow.Continue;
            case ReturnStatement returned:
                if (returned.Expression is not null)
                {
                    context.Returned = await ValueAsync(returned.Expression, Returns ?? SqlTypes.Int).ConfigureAwait(false);
                }
                return Flow.Return;
            case GoToStatement jump:
                _label = jump.LabelName.Value;
                return Flow.GoTo;
            case LabelStatement:
                return Flow.Next;
            case ExecuteStatement execute:
                await ExecuteAsync(execute).ConfigureAwait(false);
                return Flow.Next;
            case WaitForStatement { WaitForOption: WaitForOption.Delay } wait:
                var delay = (DateTime)Scalar(wait.Parameter).ConvertTo(SqlTypes.DateTime2()).Eval(Frame())! - TemporalConversion.Epoch;
                await Task.Delay(delay, context.Engine.Time, context.Attention).ConfigureAwait(false);
                return Flow.Next;
            case SelectStatement or InsertStatement or UpdateStatement or DeleteStatement or MergeStatement or TruncateTableStatement:
                await RunDataAsync(statement).ConfigureAwait(false);
                return Flow.Next;
            case InsertBulkStatement bulk:
                // Its rows come in the client's next message; what is wrong with the table or its columns is told now.
                BulkTarget.Resolve(context.Session, bulk);
                context.Session.PendingBulkLoad = bulk;
                context.Sink.StatementDone(null);
                return Flow.Next;
            default:
                if (!await RunVariableAsync(statement).ConfigureAwait(false) && !await RunCursorAsync(statement).ConfigureAwait(false) && !RunTransaction(statement) && !RunOption(statement))
                {
                    await RunDefinitionAsync(statement).ConfigureAwait(false);
                }
                return Flow.Next;
        }
    }

    // The statements that SET IMPLICIT_TRANSACTIONS names; a SELECT only where it reads a table.
    private static bool BeginsImplicitly(TSqlStatement statement) => statement is DataModificationStatement or SelectStatement { QueryExpression: QuerySpecification { FromClause: not null } }
        or TruncateTableStatement or CreateTableStatement or AlterTableStatement or DropTableStatement or CreateIndexStatement or DropIndexStatement or CreateSchemaStatement;

    private async ValueTask<Flow> IfAsync(IfStatement branch)
    {
        var holds = await HoldsAsync(branch.Predicate).ConfigureAwait(false);
        context.Session.RowCount = 0;
        var chosen = holds ? branch.ThenStatement : branch.ElseStatement;
        return chosen is null ? Flow.Next : await RunGuardedAsync(chosen).ConfigureAwait(false);
    }

    private async ValueTask<Flow> WhileAsync(WhileStatement loop)
    {
        while (true)
        {
            context.Attention.ThrowIfCancellationRequested();
            context.BeginStatement();
            if (!await HoldsAsync(loop.Predicate).ConfigureAwait(false))
            {
                return Flow.Next;
            }
            switch (await RunGuardedAsync(loop.Statement).ConfigureAwait(false))
            {
                case Flow.Break:
                    return Flow.Next;
                case var ends when ends is Flow.Return or Flow.GoTo:
                    return ends;
                default:
                    break;
            }
        }
    }

    private async ValueTask<Flow> TryCatchAsync(TryCatchStatement attempt)
    {
        var outer = context.Caught;
        _tryDepth++;
        try
        {
            return await RunAllAsync(attempt.TryStatements.Statements.AsReadOnly()).ConfigureAwait(false);
        }
        catch (SqlErrorException caught)
        {
            context.Caught = caught.Error;
            _tryDepth--;
            try
            {
                return await RunAllAsync(attempt.CatchStatements.Statements.AsReadOnly()).ConfigureAwait(false);
            }
            finally
            {
                _tryDepth++;
                context.Caught = outer;
            }
        }
        finally
        {
            _tryDepth--;
        }
    }
}
