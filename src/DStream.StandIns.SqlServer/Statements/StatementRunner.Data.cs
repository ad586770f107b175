using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>SELECT and the statements that write.</summary>
internal sealed partial class StatementRunner
{
    private const int RowsBetweenFlushes = 128;

    private async ValueTask RunDataAsync(TSqlStatement statement)
    {
        if (context.Session.Settings.FormatOnly)
        {
            DescribeOnly(statement);
            return;
        }
        switch (statement)
        {
            case SelectStatement { Into: { } into } select:
                await SelectIntoAsync(select, into).ConfigureAwait(false);
                break;
            case SelectStatement select:
                await SelectAsync(select).ConfigureAwait(false);
                break;
            case TruncateTableStatement truncate:
                await TruncateAsync(truncate).ConfigureAwait(false);
                break;
            case InsertStatement { InsertSpecification.InsertSource: ExecuteInsertSource source }:
                await ExecuteForInsertAsync(source).ConfigureAwait(false);
                goto default;
            default:
                var plan = batch.Compiled(context.Session, statement, compile =>
                {
                    compile.MaxRecursion = MaxRecursion((DataModificationStatement)statement);
                    return new WriteCompiler(compile).Compile((DataModificationStatement)statement);
                });
                await WriteAsync(plan, KindOf(statement)).ConfigureAwait(false);
                break;
        }
    }

    private async ValueTask SelectAsync(SelectStatement select)
    {
        var plan = batch.Compiled(context.Session, select, compile => Compile(select, compile));
        if (context.IsLocking)
        {
            await SendAsync(plan, plan.Query.Run(context, null)).ConfigureAwait(false);
            return;
        }
        if (plan.CallsFunctions || BeginRead(plan.Reads) is not { } sequence)
        {
            var locked = await LockedWork.RunAsync(context, plan.Reads, writes: false, _ => plan.Query.Run(context, null).ToList()).ConfigureAwait(false);
            await SendAsync(plan, locked).ConfigureAwait(false);
            return;
        }
        try
        {
            await SendAsync(plan, plan.Query.Run(context, null)).ConfigureAwait(false);
        }
        finally
        {
            EndRead(sequence);
        }
    }

    private void DescribeOnly(TSqlStatement statement)
    {
        if (statement is SelectStatement { Into: null } select && batch.Compiled(context.Session, select, compile => Compile(select, compile)) is { Assigns: false } plan)
        {
            context.Sink.Columns(plan.Query.Columns);
            context.Sink.StatementDone(0);
        }
    }

    private static SelectStatementPlan Compile(SelectStatement select, CompileContext compile)
    {
        compile.MaxRecursion = MaxRecursion(select);
        var query = new QueryCompiler(compile).WithCommonTables(select.WithCtesAndXmlNamespaces, () => new QueryCompiler(compile).Compile(select.QueryExpression, null));
        var assigns = select.QueryExpression is QuerySpecification specification && specification.SelectElements.Any(element => element is SelectSetVariable);
        return new SelectStatementPlan(query, assigns, compile.Reads, compile.CallsFunctions);
    }

    private static int MaxRecursion(StatementWithCtesAndXmlNamespaces statement) =>
        statement.OptimizerHints.OfType<LiteralOptimizerHint>().FirstOrDefault(hint => hint.HintKind == OptimizerHintKind.MaxRecursion) is { Value.Value: var number }
            ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)
            : RecursiveQuery.DefaultMaximum;

    /// <summary>Begins a read that streams; null where it has locks to take.</summary>
    private long? BeginRead(IReadOnlyList<TableRead> reads)
    {
        lock (context.Engine.Gate)
        {
            StatementReads.EnterSnapshot(context, reads);
            if (StatementReads.NeedLocks(context, reads))
            {
                return null;
            }
            context.ReadSequence = context.Session is { Settings.Isolation: SqlIsolation.Snapshot, Transaction.Snapshot: { } snapshot } ? snapshot : context.Engine.CommitSequence;
            context.Engine.Snapshots.Acquire(context.ReadSequence);
            return context.ReadSequence;
        }
    }

    private void EndRead(long sequence)
    {
        lock (context.Engine.Gate)
        {
            context.Engine.Snapshots.Release(sequence);
        }
    }

    /// <summary>Evaluates something outside of a query (a condition, a value to assign) that may have subqueries.</summary>
    private async ValueTask<T> ReadAsync<T>(CompileContext compiled, Func<T> work)
    {
        // Inside of a function the statement around holds the gate already.
        if ((compiled.Reads.Count == 0 && !compiled.CallsFunctions) || context.IsLocking)
        {
            return work();
        }
        if (compiled.CallsFunctions || BeginRead(compiled.Reads) is not { } sequence)
        {
            return await LockedWork.RunAsync(context, compiled.Reads, writes: false, _ => work()).ConfigureAwait(false);
        }
        try
        {
            return work();
        }
        finally
        {
            EndRead(sequence);
        }
    }

    private async ValueTask ExecuteForInsertAsync(ExecuteInsertSource source)
    {
        var results = new ExecutedResults(context);
        var nested = new StatementRunner(context.Nested(results, context.Variables), batch) { IsInsideTry = IsInsideTry };
        await nested.ExecuteAsync(new ExecuteStatement { ExecuteSpecification = source.Execute }).ConfigureAwait(false);
        context.ExecutedRows = results.All;
    }

    private async ValueTask SendAsync(SelectStatementPlan plan, IEnumerable<object?[]> rows)
    {
        rows = context.Session.Settings.RowCountLimit is > 0 and var limit ? rows.Take((int)Math.Min(limit, int.MaxValue)) : rows;
        long count = 0;
        if (plan.Assigns)
        {
            count = rows.LongCount();
        }
        else
        {
            context.Sink.Columns(plan.Query.Columns);
            foreach (var row in rows)
            {
                context.Sink.Row(row);
                if (++count % RowsBetweenFlushes == 0)
                {
                    await context.Sink.FlushAsync(context.Attention).ConfigureAwait(false);
                }
            }
        }
        context.Session.RowCount = count;
        if (!plan.Assigns)
        {
            context.Sink.StatementDone(context.Session.Settings.NoCount ? null : count);
        }
    }

    private async ValueTask WriteAsync(WritePlan plan, StatementKind kind)
    {
        var outputs = new List<object?[]>();
        var count = await RunWriteAsync(transaction =>
        {
            outputs.Clear();
            return plan.Run(context, transaction, outputs);
        }, plan.Reads).ConfigureAwait(false);
        if (plan.OutputColumns is { } columns)
        {
            context.Sink.Columns(columns);
            foreach (var row in outputs)
            {
                context.Sink.Row(row);
            }
        }
        context.Session.RowCount = count;
        context.Sink.StatementDone(context.Session.Settings.NoCount ? null : count, kind);
    }

    private static StatementKind KindOf(TSqlStatement statement) => statement switch
    {
        InsertStatement => StatementKind.Insert,
        UpdateStatement => StatementKind.Update,
        DeleteStatement => StatementKind.Delete,
        MergeStatement => StatementKind.Merge,
        _ => StatementKind.Other,
    };

    private ValueTask<T> RunWriteAsync<T>(Func<Transaction, T> work, IReadOnlyList<TableRead>? reads = null) =>
        context.IsLocking ? ValueTask.FromResult(work(context.Session.Transaction!)) : LockedWork.RunAsync(context, reads ?? [], writes: true, work);

    private async ValueTask TruncateAsync(TruncateTableStatement truncate)
    {
        var compile = new CompileContext(context.Session, batch.Variables);
        DefinitionAccess.Demand(compile, truncate);
        var (database, table) = ObjectResolver.Stored(compile, truncate.TableName);
        if (database.Cdc?.IsTracked(table) ?? false)
        {
            throw Errors.Of(4711, 16, $"Cannot truncate table '{truncate.TableName.BaseIdentifier.Value}' because it is published for replication or enabled for Change Data Capture.");
        }
        if (table.ReferencedBy.Exists(key => key.Table != table))
        {
            throw Errors.Of(4712, 16, $"Cannot truncate table '{truncate.TableName.BaseIdentifier.Value}' because it is being referenced by a FOREIGN KEY constraint.");
        }
        await RunWriteAsync(transaction =>
        {
            RowWriter.LockTable(table, transaction);
            var writer = new RowWriter(database, table, transaction, context.LocalNow);
            foreach (var slot in table.Slots().Where(slot => slot.Latest(transaction) is not null).ToList())
            {
                writer.Delete(slot);
            }
            var identity = table.NextIdentity;
            table.NextIdentity = table.IdentitySeed;
            transaction.OnRollback(() => table.NextIdentity = identity);
            return 0;
        }).ConfigureAwait(false);
        context.Sink.StatementDone(null);
    }

    private async ValueTask SelectIntoAsync(SelectStatement select, SchemaObjectName into)
    {
        var compile = new CompileContext(context.Session, batch.Variables);
        var plan = Compile(select, compile);
        var isTemp = into.BaseIdentifier.Value.StartsWith('#');
        var database = isTemp ? context.Engine.Databases["tempdb"] : ObjectResolver.DatabaseOf(compile, into);
        if (!isTemp)
        {
            DefinitionAccess.DemandCreate(context.Session, database, into.SchemaIdentifier?.Value ?? "dbo");
        }
        var columns = plan.Query.Columns.Select((c, i) => new TableColumn(c.Name, i + 1, c.Type, c.IsNullable) { IsIdentity = c.IsIdentity }).ToArray();
        var table = new Table(into.SchemaIdentifier?.Value ?? "dbo", into.BaseIdentifier.Value, database.NextObjectId(), columns, null, context.LocalNow) { LastColumnId = columns.Length };
        var count = await RunWriteAsync(transaction =>
        {
            var rows = plan.Query.Run(context, null).ToList();
            TableBuilder.Register(context.Session, database, table, transaction);
            var writer = new RowWriter(database, table, transaction, context.LocalNow);
            rows.ForEach(writer.Insert);
            return rows.Count;
        }, plan.Reads).ConfigureAwait(false);
        context.Session.RowCount = count;
        context.Sink.StatementDone(context.Session.Settings.NoCount ? null : count);
    }

    private sealed record SelectStatementPlan(CompiledQuery Query, bool Assigns, IReadOnlyList<TableRead> Reads, bool CallsFunctions);
}
