using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>ALTER TABLE: columns and constraints added and dropped. A tracked table keeps its capture instances as they are.</summary>
internal sealed class TableAlteration(BatchContext context, CompileContext compile, Transaction transaction)
{
    public void Run(AlterTableStatement node)
    {
        var (database, table) = ObjectResolver.Stored(compile, node.SchemaObjectName,
            missing => Errors.Of(4902, 16, $"Cannot find the object \"{missing}\" because it does not exist or you do not have permissions."));
        RowWriter.LockTable(table, transaction);
        var before = table.Columns;
        switch (node)
        {
            case AlterTableAddTableElementStatement add:
                Add(table, add.Definition);
                break;
            case AlterTableDropTableElementStatement drop:
                foreach (var element in drop.AlterTableDropTableElements)
                {
                    Drop(table, element);
                }
                break;
            default:
                throw Errors.Unsupported($"ALTER TABLE {node.GetType().Name}");
        }
        context.Engine.SchemaChanged();
        if (!ReferenceEquals(before, table.Columns) && (database.Cdc?.IsTracked(table) ?? false))
        {
            transaction.LogOf(database, context.LocalNow).Define(transaction, new Definition(table, SyntaxText.Verbatim(node), context.LocalNow));
        }
    }

    public static void AddIndex(EngineState engine, Table table, TableIndex index, Transaction transaction)
    {
        table.AddIndex(index);
        if (index.IsUnique)
        {
            CheckUnique(table, index);
        }
        engine.SchemaChanged();
        transaction.OnRollback(() =>
        {
            table.Indexes.Remove(index);
            engine.SchemaChanged();
        });
    }

    private void Add(Table table, TableDefinition definition)
    {
        var builder = new TableBuilder(compile, table.Schema, table.Name);
        var keys = new List<(UniqueConstraintDefinition Node, string[] Columns)>();
        foreach (var node in definition.ColumnDefinitions)
        {
            if (table.Position(node.ColumnIdentifier.Value) >= 0)
            {
                throw Errors.Of(2705, 16, $"Column names in each table must be unique. Column name '{node.ColumnIdentifier.Value}' in table '{table.FullName}' is specified more than once.", 4);
            }
            if (node.ComputedColumnExpression is not null)
            {
                throw Errors.Unsupported("ALTER TABLE ADD of a computed column");
            }
            var column = builder.Column(node, table.LastColumnId + 1, definition, [], keys);
            var fills = column.Default is not null && (!column.IsNullable || (node.DefaultConstraint?.WithValues ?? false));
            if (!column.IsNullable && !fills && !column.IsIdentity && table.Clustered.Entries.Count > 0)
            {
                throw Errors.Of(4901, 16, $"ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified. Column '{column.Name}' cannot be added to non-empty table '{table.Name}' because it does not satisfy these conditions.");
            }
            table.LastColumnId++;
            var frame = new Frame(context, 0, 0, null);
            Rebuild(table, [.. table.Columns, column], row =>
                [.. row, column.IsIdentity ? Conversion.To(table.NextIdentity++, SqlTypes.BigInt, column.Type) : fills ? column.Default!(frame) : null]);
        }
        foreach (var constraint in definition.TableConstraints)
        {
            keys.Add(constraint is UniqueConstraintDefinition unique
                ? (unique, unique.Columns.Select(TableBuilder.NameOf).ToArray())
                : throw Errors.Unsupported($"ALTER TABLE ADD {constraint.GetType().Name}"));
        }
        foreach (var (node, columns) in keys)
        {
            AddIndex(context.Engine, table, builder.Index(node, columns, table.Columns), transaction);
        }
    }

    private void Drop(Table table, AlterTableDropTableElement element)
    {
        var name = element.Name.Value;
        if (element.TableElementType == TableElementType.Column)
        {
            var position = table.Position(name);
            if (position < 0)
            {
                throw Errors.Of(4924, 16, $"ALTER TABLE DROP COLUMN failed because column '{name}' does not exist in table '{table.Name}'.");
            }
            var column = table.Columns[position];
            if (table.Indexes.Exists(index => index.Columns.Contains(column)))
            {
                throw Errors.Of(5074, 16, $"The object is dependent on column '{name}'.");
            }
            Rebuild(table, table.Columns.Where(c => c != column).ToArray(), row => [.. row[..position], .. row[(position + 1)..]]);
            return;
        }
        var dropped = table.Indexes.Find(i => i.IsConstraint && string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase));
        if (dropped is null || dropped == table.Clustered)
        {
            throw dropped is null
                ? Errors.Of(3728, 16, $"'{name}' is not a constraint.")
                : Errors.Unsupported("dropping the key by which rows are kept");
        }
        table.Indexes.Remove(dropped);
        transaction.OnRollback(() => table.AddIndex(dropped));
    }

    private void Rebuild(Table table, IReadOnlyList<TableColumn> columns, Func<object?[], object?[]> rewrite)
    {
        var (before, identity) = (table.Columns, table.NextIdentity);
        var rows = table.Slots().Select(slot => (Slot: slot, slot.Committed, slot.Pending)).ToList();
        transaction.OnRollback(() =>
        {
            table.Rebuild(before, static row => row);
            rows.ForEach(r => (r.Slot.Committed, r.Slot.Pending) = (r.Committed, r.Pending));
            table.NextIdentity = identity;
            TableBuilder.Recompute(compile, table);
            context.Engine.SchemaChanged();
        });
        table.Rebuild(columns, rewrite);
        TableBuilder.Recompute(compile, table);
    }

    private static void CheckUnique(Table table, TableIndex index)
    {
        object?[]? last = null;
        var (chunk, position) = (0, 0);
        while (index.Entries.Next(ref chunk, ref position) is { } entry)
        {
            if (last is not null && index.Entries.Order.Compare(last, entry.Key) == 0)
            {
                table.Indexes.Remove(index);
                throw Errors.Of(1505, 16, $"The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '{table.FullName}' and the index name '{index.Name}'.");
            }
            last = entry.Key;
        }
    }
}
