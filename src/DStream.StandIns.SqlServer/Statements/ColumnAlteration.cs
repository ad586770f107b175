using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>ALTER TABLE ... ALTER COLUMN: another type or nullability; every row is converted, or the statement fails.</summary>
internal sealed class ColumnAlteration(BatchContext context, CompileContext compile, Transaction transaction, Database database, Table table)
{
    public void Run(AlterTableAlterColumnStatement node)
    {
        var name = node.ColumnIdentifier.Value;
        var position = table.Position(name);
        var column = position >= 0 ? table.Columns[position]
            : throw Errors.Of(4924, 16, $"ALTER TABLE ALTER COLUMN failed because column '{name}' does not exist in table '{table.Name}'.");
        if (node.DataType is null)
        {
            throw Errors.Unsupported($"ALTER COLUMN {node.AlterTableAlterColumnOption}");
        }
        if (column.Computed is not null || column.Type.Kind == SqlKind.RowVersion)
        {
            throw Errors.Of(4928, 16, $"Cannot alter column '{name}' because it is '{(column.Computed is null ? "timestamp" : "COMPUTED")}'.");
        }
        var type = DataTypes.Resolve(node.DataType);
        var isNullable = node.AlterTableAlterColumnOption != AlterTableAlterColumnOption.NotNull;
        ThrowIfFixed(column, type, isNullable);
        var isOther = type != column.Type;
        Convert(column, position, type, isNullable);
        if (isOther && (database.Cdc?.IsTracked(table) ?? false))
        {
            transaction.LogOf(database, context.LocalNow).Define(transaction, new Definition(table, SyntaxText.Verbatim(node), context.LocalNow, column));
        }
    }

    /// <summary>What depends on a column keeps it from being dropped or changed.</summary>
    public static void ThrowIfUsed(Table table, TableColumn column, string what)
    {
        var user = table.Indexes.Find(i => i.Columns.Contains(column) || i.Included.Contains(column))?.Name
            ?? table.ForeignKeys.Concat(table.ReferencedBy).FirstOrDefault(k => k.Columns.Contains(column) || k.ReferencedColumns.Contains(column))?.Name
            ?? table.Checks.Find(c => Names(c.Node, column.Name))?.Name
            ?? (what == "DROP COLUMN" ? column.DefaultName : null)
            ?? table.Columns.FirstOrDefault(c => c.ComputedNode is { } node && Names(node, column.Name))?.Name;
        if (user is not null)
        {
            throw Errors.Of(5074, 16, $"The object '{user}' is dependent on column '{column.Name}'.");
        }
    }

    // A key column may become longer and nothing else.
    private void ThrowIfFixed(TableColumn column, SqlType type, bool isNullable)
    {
        var onlyLonger = type.Kind == column.Type.Kind && type.Scale == column.Type.Scale && (type.MaxLength == -1 || type.MaxLength >= column.Type.MaxLength) && column.Type.MaxLength != -1;
        if (!(onlyLonger && isNullable == column.IsNullable) && type != column.Type)
        {
            ThrowIfUsed(table, column, "ALTER COLUMN");
        }
    }

    private void Convert(TableColumn column, int position, SqlType type, bool isNullable)
    {
        var (before, wasNullable) = (column.Type, column.IsNullable);
        var maker = new RowMaker(database, table);
        var rows = table.Slots().Select(slot => (Slot: slot, slot.Committed, slot.Pending)).ToList();
        column.Change(type, isNullable);
        transaction.OnRollback(() =>
        {
            column.Change(before, wasNullable);
            rows.ForEach(r => (r.Slot.Committed, r.Slot.Pending) = (r.Committed, r.Pending));
            context.Engine.SchemaChanged();
        });
        table.Rebuild(table.Columns, row =>
        {
            var made = (object?[])row.Clone();
            made[position] = maker.Fitted(column, row[position], before);
            return made[position] is null && !isNullable
                ? throw Errors.NullColumn(column.Name, $"{database.Name}.{table.FullName}", "UPDATE")
                : made;
        });
        TableBuilder.Recompute(compile, table);
    }

    private static bool Names(TSqlFragment node, string column)
    {
        var finder = new ColumnFinder(column);
        node.Accept(finder);
        return finder.Found;
    }

    private sealed class ColumnFinder(string column) : TSqlFragmentVisitor
    {
        public bool Found { get; private set; }

        public override void Visit(ColumnReferenceExpression node) =>
            Found |= node.MultiPartIdentifier?.Identifiers is [.., var name] && string.Equals(name.Value, column, StringComparison.OrdinalIgnoreCase);
    }
}
