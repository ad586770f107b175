using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Cdc;
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
                Add(database, table, add.Definition, add.ExistingRowsCheckEnforcement == ConstraintEnforcement.NoCheck);
                break;
            case AlterTableAlterColumnStatement alter:
                new ColumnAlteration(context, compile, transaction, database, table).Run(alter);
                break;
            case AlterTableConstraintModificationStatement modify:
                Enforce(database, table, modify);
                break;
            case AlterTableDropTableElementStatement drop:
                foreach (var element in drop.AlterTableDropTableElements)
                {
                    Drop(database, table, element);
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

    private void Add(Database database, Table table, TableDefinition definition, bool noCheck)
    {
        var builder = new TableBuilder(compile, table.Schema, table.Name);
        var keys = new List<(UniqueConstraintDefinition Node, string[] Columns)>();
        foreach (var node in definition.ColumnDefinitions)
        {
            if (table.Position(node.ColumnIdentifier.Value) >= 0)
            {
                throw Errors.Of(2705, 16, $"Column names in each table must be unique. Column name '{node.ColumnIdentifier.Value}' in table '{table.FullName}' is specified more than once.", 4);
            }
            var column = node.ComputedColumnExpression is null
                ? builder.Column(node, table.LastColumnId + 1, definition, [], keys)
                : builder.Computed(node, table.LastColumnId + 1, TableBuilder.RowScope(table.Columns));
            var fills = column.Default is not null && (!column.IsNullable || (node.DefaultConstraint?.WithValues ?? false));
            if (!column.IsNullable && !fills && !column.IsIdentity && column.Type.Kind != Types.SqlKind.RowVersion && table.Clustered.Entries.Count > 0)
            {
                throw Errors.Of(4901, 16, $"ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified. Column '{column.Name}' cannot be added to non-empty table '{table.Name}' because it does not satisfy these conditions.");
            }
            table.LastColumnId++;
            var frame = new Frame(context, 0, 0, null);
            Rebuild(table, [.. table.Columns, column], row =>
                [.. row, column.IsIdentity ? Conversion.To(table.NextIdentity++, SqlTypes.BigInt, column.Type)
                    : column.Computed is { } computed ? computed(RowFrame(row))
                    : column.Type.Kind == Types.SqlKind.RowVersion ? context.Engine.NextRowVersion()
                    : fills ? column.Default!(frame) : null]);
        }
        foreach (var constraint in definition.TableConstraints)
        {
            if (constraint is UniqueConstraintDefinition unique)
            {
                keys.Add((unique, unique.Columns.Select(TableBuilder.NameOf).ToArray()));
            }
        }
        foreach (var (node, columns) in keys)
        {
            if (node.IsPrimaryKey && table.PrimaryKey is not null)
            {
                throw Errors.Of(1779, 16, $"Table '{table.Name}' already has a primary key defined on it.", 0);
            }
            if (node.IsPrimaryKey && columns.Any(c => TableBuilder.Find(table.Columns, c).IsNullable))
            {
                throw Errors.Of(8111, 16, $"Cannot define PRIMARY KEY constraint on nullable column in table '{table.Name}'.");
            }
            AddIndex(context.Engine, table, builder.Index(node, columns, table.Columns), transaction);
        }
        var constraints = new ConstraintBuilder(context, compile, database, table, transaction);
        foreach (var (constraint, column) in definition.ColumnDefinitions.SelectMany(c => c.Constraints.Select(x => (x, (string?)c.ColumnIdentifier.Value)))
            .Concat(definition.TableConstraints.Select(x => (x, (string?)null))))
        {
            constraints.Add(constraint, column, noCheck: noCheck);
        }
    }

    private Frame RowFrame(object?[] row)
    {
        var frame = new Frame(context, 1, 0, null);
        frame.Rows[0] = row;
        return frame;
    }

    private void Enforce(Database database, Table table, AlterTableConstraintModificationStatement node)
    {
        var isDisabled = node.ConstraintEnforcement == ConstraintEnforcement.NoCheck;
        bool Means(string name) => node.All || node.ConstraintNames.Any(n => string.Equals(n.Value, name, StringComparison.OrdinalIgnoreCase));
        if (!node.All && node.ConstraintNames.FirstOrDefault(n => !table.Checks.Exists(c => Is(c.Name, n.Value)) && !table.ForeignKeys.Exists(k => Is(k.Name, n.Value))) is { } missing)
        {
            throw Errors.Of(4917, 16, $"Constraint '{missing.Value}' does not exist.", 0);
        }
        foreach (var check in table.Checks.Where(c => Means(c.Name)))
        {
            var before = check.IsDisabled;
            check.IsDisabled = isDisabled;
            transaction.OnRollback(() => check.IsDisabled = before);
        }
        foreach (var key in table.ForeignKeys.Where(k => Means(k.Name)))
        {
            var before = key.IsDisabled;
            key.IsDisabled = isDisabled;
            transaction.OnRollback(() => key.IsDisabled = before);
            if (!isDisabled && node.ExistingRowsCheckEnforcement == ConstraintEnforcement.Check)
            {
                References.CheckAll(database, key, transaction);
            }
        }
    }

    private static bool Is(string? name, string wanted) => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase);

    private void Drop(Database database, Table table, AlterTableDropTableElement element)
    {
        var name = element.Name.Value;
        if (element.TableElementType == TableElementType.Column)
        {
            var position = table.Position(name);
            if (position < 0)
            {
                if (element.IsIfExists)
                {
                    return;
                }
                throw Errors.Of(4924, 16, $"ALTER TABLE DROP COLUMN failed because column '{name}' does not exist in table '{table.Name}'.");
            }
            var column = table.Columns[position];
            ColumnAlteration.ThrowIfUsed(table, column, "DROP COLUMN");
            Rebuild(table, table.Columns.Where(c => c != column).ToArray(), row => [.. row[..position], .. row[(position + 1)..]]);
            return;
        }
        if (DropConstraint(table, name))
        {
            return;
        }
        var dropped = table.Indexes.Find(i => i.IsConstraint && string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase));
        if (dropped is null && element.IsIfExists)
        {
            return;
        }
        if (dropped is not null && table.ReferencedBy.Find(key => key.Key == dropped) is { } user)
        {
            throw Errors.Of(3725, 16, $"The constraint '{name}' is being referenced by table '{user.Table.Name}', foreign key constraint '{user.Name}'.", 0);
        }
        if (dropped is not null && (database.Cdc?.UsesIndex(table, dropped) ?? false))
        {
            throw CdcErrors.ConstraintInUse(name, table.FullName);
        }
        if (dropped is null || dropped == table.Clustered)
        {
            throw dropped is null
                ? Errors.Of(3728, 16, $"'{name}' is not a constraint.")
                : Errors.Unsupported("dropping the key by which rows are kept");
        }
        table.Indexes.Remove(dropped);
        transaction.OnRollback(() => table.AddIndex(dropped));
    }

    private bool DropConstraint(Table table, string name)
    {
        if (table.Checks.Find(c => Is(c.Name, name)) is { } check)
        {
            table.Checks.Remove(check);
            transaction.OnRollback(() => table.Checks.Add(check));
            return true;
        }
        if (table.ForeignKeys.Find(k => Is(k.Name, name)) is { } key)
        {
            table.ForeignKeys.Remove(key);
            key.Referenced.ReferencedBy.Remove(key);
            transaction.OnRollback(() =>
            {
                table.ForeignKeys.Add(key);
                key.Referenced.ReferencedBy.Add(key);
            });
            return true;
        }
        if (table.Columns.FirstOrDefault(c => Is(c.DefaultName, name)) is { } column)
        {
            var before = (column.Default, column.DefaultName, column.DefaultText);
            (column.Default, column.DefaultName, column.DefaultText) = (null, null, null);
            transaction.OnRollback(() => (column.Default, column.DefaultName, column.DefaultText) = before);
            return true;
        }
        return false;
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
