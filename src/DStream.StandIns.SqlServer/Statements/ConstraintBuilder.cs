using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>FOREIGN KEY, CHECK and DEFAULT constraints of a table, with CREATE TABLE or later.</summary>
internal sealed class ConstraintBuilder(BatchContext context, CompileContext compile, Database database, Table table, Transaction transaction)
{
    /// <summary>The constraints that a definition gives its columns and the table, keys apart.</summary>
    public void Add(TableDefinition definition)
    {
        foreach (var column in definition.ColumnDefinitions)
        {
            foreach (var constraint in column.Constraints)
            {
                Add(constraint, column.ColumnIdentifier.Value, isNew: true);
            }
        }
        foreach (var constraint in definition.TableConstraints)
        {
            Add(constraint, null, isNew: true);
        }
    }

    /// <param name="node">The constraint; keys are left out.</param>
    /// <param name="column">The column that it was declared with.</param>
    /// <param name="isNew">The table is being made. Else the rows that are there are checked, unless WITH NOCHECK.</param>
    /// <param name="noCheck">WITH NOCHECK.</param>
    public void Add(ConstraintDefinition node, string? column, bool isNew = false, bool noCheck = false)
    {
        switch (node)
        {
            case CheckConstraintDefinition check:
                AddCheck(check, column, isNew || noCheck);
                break;
            case ForeignKeyConstraintDefinition key:
                AddForeignKey(key, column, isNew || noCheck);
                break;
            case DefaultConstraintDefinition { Column: { } target } fallback:
                AddDefault(fallback, target.Value);
                break;
            default:
                break;
        }
    }

    private void AddCheck(CheckConstraintDefinition node, string? column, bool isTrusted)
    {
        var check = new CheckConstraint(
            node.ConstraintIdentifier?.Value ?? $"CK__{table.Name}__{column ?? "row"}__{database.NextObjectId():X8}", database.NextObjectId(), node.CheckCondition,
            $"({SyntaxText.Verbatim(node.CheckCondition)})", column)
        {
            Holds = new ExpressionCompiler(compile, TableBuilder.RowScope(table.Columns)).Compile(node.CheckCondition),
        };
        ThrowIfTaken(check.Name);
        var frame = new Frame(context, 1, 0, null);
        foreach (var row in isTrusted ? [] : table.Slots().Select(slot => slot.Latest(transaction)).OfType<object?[]>())
        {
            frame.Rows[0] = row;
            if (check.Holds(frame) == Truth.False)
            {
                throw RowMaker.Broken(database, table, check, "ALTER TABLE");
            }
        }
        table.Checks.Add(check);
        transaction.OnRollback(() => table.Checks.Remove(check));
    }

    private void AddForeignKey(ForeignKeyConstraintDefinition node, string? column, bool isTrusted)
    {
        var name = node.ConstraintIdentifier?.Value ?? $"FK__{table.Name}__{column ?? string.Join('_', node.Columns.Select(c => c.Value))}__{database.NextObjectId():X8}";
        ThrowIfTaken(name);
        var isSelf = string.Equals(node.ReferenceTableName.BaseIdentifier.Value, table.Name, StringComparison.OrdinalIgnoreCase)
            && string.Equals(node.ReferenceTableName.SchemaIdentifier?.Value ?? "dbo", table.Schema, StringComparison.OrdinalIgnoreCase);
        var referenced = isSelf ? table : ObjectResolver.Stored(compile, node.ReferenceTableName,
            missing => Errors.Of(1767, 16, $"Foreign key '{name}' references invalid table '{missing}'.", 0)).Table;
        var columns = (node.Columns.Count == 0 ? [column!] : node.Columns.Select(c => c.Value)).Select(c => Find(table, c, name, 1769, "referencing")).ToArray();
        var named = node.ReferencedTableColumns.Count > 0
            ? node.ReferencedTableColumns.Select(c => Find(referenced, c.Value, name, 1770, "referenced")).ToArray()
            : referenced.PrimaryKey?.Columns.ToArray() ?? throw Errors.Of(1773, 16, $"Foreign key '{name}' has implicit reference to object '{referenced.FullName}' which does not have a primary key defined on it.", 0);
        if (columns.Length != named.Length)
        {
            throw Errors.Of(8139, 16, $"Number of referencing columns in foreign key differs from number of referenced columns, table '{table.Name}'.", 0);
        }
        var index = referenced.Indexes.Find(i => i.IsUnique && !i.IsHeap && i.Filter is null && i.Columns.Count == named.Length && i.Columns.All(named.Contains))
            ?? throw Errors.Of(1776, 16, $"There are no primary or candidate keys in the referenced table '{referenced.FullName}' that match the referencing column list in the foreign key '{name}'.", 0);
        var key = new ForeignKey(name, database.NextObjectId(), table, columns, referenced, index, named)
        {
            OnDelete = Action(node.DeleteAction), OnUpdate = Action(node.UpdateAction),
        };
        if (!isTrusted)
        {
            References.CheckAll(database, key, transaction);
        }
        table.ForeignKeys.Add(key);
        referenced.ReferencedBy.Add(key);
        context.Engine.SchemaChanged();
        transaction.OnRollback(() =>
        {
            table.ForeignKeys.Remove(key);
            referenced.ReferencedBy.Remove(key);
            context.Engine.SchemaChanged();
        });
    }

    private void AddDefault(DefaultConstraintDefinition node, string name)
    {
        var column = TableBuilder.Find(table.Columns, name);
        if (column.DefaultName is not null)
        {
            throw Errors.Of(1781, 16, "Column already has a DEFAULT bound to it.");
        }
        column.Default = new ExpressionCompiler(compile, new Scope(null)).Compile(node.Expression).ConvertTo(column.Type).Eval;
        column.DefaultName = node.ConstraintIdentifier?.Value ?? $"DF__{table.Name}__{column.Name}";
        column.DefaultText = $"({SyntaxText.Verbatim(node.Expression)})";
        transaction.OnRollback(() => (column.Default, column.DefaultName, column.DefaultText) = (null, null, null));
    }

    private void ThrowIfTaken(string name)
    {
        if (database.ConstraintNames(table.Schema).Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            throw Errors.Of(2714, 16, $"There is already an object named '{name}' in the database.", 5);
        }
    }

    private static DeleteUpdateAction Action(DeleteUpdateAction action) => action == DeleteUpdateAction.NotSpecified ? DeleteUpdateAction.NoAction : action;

    private static TableColumn Find(Table table, string column, string key, int number, string role) => table.Position(column) is >= 0 and var position
        ? table.Columns[position]
        : throw Errors.Of(number, 16, $"Foreign key '{key}' references invalid column '{column}' in {role} table '{table.Name}'.");
}
