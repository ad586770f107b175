using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Compiles INSERT, UPDATE, DELETE and MERGE.</summary>
internal sealed class WriteCompiler(CompileContext context)
{
    public WritePlan Compile(DataModificationStatement statement) =>
        new QueryCompiler(context).WithCommonTables(statement.WithCtesAndXmlNamespaces, () => statement switch
        {
            InsertStatement insert => new InsertCompiler(context).Compile(insert.InsertSpecification),
            UpdateStatement update => Update(update.UpdateSpecification),
            DeleteStatement delete => Delete(delete.DeleteSpecification),
            MergeStatement merge => new MergeCompiler(context).Compile(merge.MergeSpecification),
            _ => throw Errors.Unsupported(statement.GetType().Name),
        });

    /// <summary>
    /// The columns that SET gives, with their values; variables assigned on the way. Where the target is a query over the table,
    /// <paramref name="targetColumns"/> is the table's column behind each of its columns, or -1.
    /// </summary>
    public static (List<(int Position, Scalar Value)> Columns, List<(int Ordinal, Scalar Value)> Variables) Assignments(
        CompileContext context, ExpressionCompiler compiler, RowMaker maker, Table table, ScopeSource target, IList<SetClause> clauses, int[]? targetColumns = null)
    {
        var columns = new List<(int, Scalar)>();
        var variables = new List<(int, Scalar)>();
        foreach (var node in clauses)
        {
            if (node is not AssignmentSetClause clause)
            {
                throw Errors.Unsupported($"SET {node.GetType().Name}");
            }
            var value = clause.NewValue is DefaultLiteral ? null : compiler.Compile(clause.NewValue);
            var op = Queries.Assignments.Operator(clause.AssignmentKind);
            if (clause.Column is not null)
            {
                var name = clause.Column.MultiPartIdentifier.Identifiers[^1].Value;
                // Through a query the target's columns are the query's, each of which is one of the table.
                var shown = targetColumns is null ? table.Position(name) : target.Position(name) ?? -1;
                var position = shown < 0 || targetColumns is null ? shown : targetColumns[shown];
                var column = position >= 0 ? table.Columns[position] : throw (shown < 0 ? Errors.InvalidColumn(name)
                    : Errors.Of(4406, 16, $"Update or insert of view or function '{target.Alias}' failed because it contains a derived or constant field."));
                if (column.IsIdentity)
                {
                    throw Errors.Of(8102, 16, $"Cannot update identity column '{name}'.");
                }
                if (column.Computed is not null || column.Type.Kind == Types.SqlKind.RowVersion)
                {
                    throw Errors.Of(271, 16, $"The column \"{name}\" cannot be modified because it is either a computed column or is the result of a UNION operator.");
                }
                value = op is { } compound ? ExpressionCompiler.Binary(compound, ExpressionCompiler.Reference(0, target, shown), value!) : value;
                columns.Add((position, value is null ? column.Default ?? (static _ => null) : maker.Assignment(column, value)));
            }
            if (clause.Variable is not null)
            {
                var (ordinal, type) = context.Variables.Find(clause.Variable.Name) ?? throw Errors.UndeclaredVariable(clause.Variable.Name);
                value = op is { } compound && clause.Column is null ? ExpressionCompiler.Binary(compound, compiler.Variable(clause.Variable.Name), value!) : value;
                variables.Add((ordinal, value!.ConvertTo(type).Eval));
            }
        }
        return (columns, variables);
    }

    private WritePlan Update(UpdateSpecification node)
    {
        var reader = TargetReader.Compile(context, node);
        var (database, table) = (reader.Database, reader.Table);
        var maker = new RowMaker(database, table);
        var (columns, variables) = Assignments(context, reader.Compiler, maker, table, reader.Target, node.SetClauses, reader.Columns);
        Access.Demand(context, database, "UPDATE", table, columns.Select(c => table.Columns[c.Position].Name));
        var output = OutputPlan.Compile(context, database, table, node, node.FromClause is null ? null : reader.Scope);
        var touchesKeys = table.Indexes.Exists(index => (index.IsUnique || index == table.Clustered) && index.Positions.Any(p => columns.Exists(c => c.Position == p)));
        return new WritePlan(Run, output?.Columns, context.Reads);

        long Run(BatchContext run, Transaction transaction, List<object?[]> outputs)
        {
            var changes = new List<(RowSlot Slot, object?[] Before, object?[] After, Frame? Sources)>();
            foreach (var (slot, frame) in reader.Read(run))
            {
                var before = slot.Latest(transaction)!;
                var after = (object?[])before.Clone();
                foreach (var (position, value) in columns)
                {
                    after[position] = value(frame);
                }
                maker.Complete(run, after, null, frame);
                foreach (var (ordinal, value) in variables)
                {
                    run.Variables[ordinal] = value(frame);
                }
                changes.Add((slot, before, after, output?.Capture(frame)));
            }
            var writer = new RowWriter(database, table, transaction, run.LocalNow);
            if (touchesKeys)
            {
                writer.UpdateKeys(changes.ConvertAll(c => (c.Slot, c.After)));
            }
            else
            {
                changes.ForEach(c => writer.Update(c.Slot, c.After));
            }
            writer.Finish(run, "UPDATE");
            changes.ForEach(c => output?.Add(run, transaction, "UPDATE", c.After, c.Before, outputs, c.Sources));
            return changes.Count;
        }
    }

    private WritePlan Delete(DeleteSpecification node)
    {
        var reader = TargetReader.Compile(context, node);
        Access.Demand(context, reader.Database, "DELETE", reader.Table);
        var output = OutputPlan.Compile(context, reader.Database, reader.Table, node, node.FromClause is null ? null : reader.Scope);
        return new WritePlan(Run, output?.Columns, context.Reads);

        long Run(BatchContext run, Transaction transaction, List<object?[]> outputs)
        {
            var matches = reader.Read(run).Select(match => (match.Slot, Sources: output?.Capture(match.Frame))).ToList();
            var writer = new RowWriter(reader.Database, reader.Table, transaction, run.LocalNow);
            foreach (var (slot, sources) in matches)
            {
                var before = slot.Latest(transaction);
                writer.Delete(slot);
                output?.Add(run, transaction, "DELETE", null, before, outputs, sources);
            }
            writer.Finish(run, "DELETE");
            return matches.Count;
        }
    }
}
