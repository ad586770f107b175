using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Where an INSERT BULK puts its rows.</summary>
/// <param name="Database">The table's database.</param>
/// <param name="Table">The table.</param>
/// <param name="Positions">The table's columns that the rows bring, in the rows' order.</param>
/// <param name="KeepsNulls">A NULL stays one, where its column has a default too.</param>
/// <param name="LocksTable">TABLOCK.</param>
/// <param name="ChecksConstraints">CHECK_CONSTRAINTS: CHECK and FOREIGN KEY hold for these rows too.</param>
internal sealed record BulkTarget(Database Database, Table Table, int[] Positions, bool KeepsNulls, bool LocksTable, bool ChecksConstraints)
{
    public static BulkTarget Resolve(SqlSession session, InsertBulkStatement statement)
    {
        var compile = new CompileContext(session, new VariableTable());
        var (database, table) = ObjectResolver.Stored(compile, statement.To);
        var positions = statement.ColumnDefinitions.Select(definition => Position(table, definition.Column.ColumnIdentifier.Value)).ToArray();
        Access.Demand(compile, database, "INSERT", table, positions.Select(p => table.Columns[p].Name));
        bool Asks(BulkInsertOptionKind kind) => statement.Options.Any(option => option.OptionKind == kind);
        return new BulkTarget(database, table, positions, Asks(BulkInsertOptionKind.KeepNulls), Asks(BulkInsertOptionKind.TabLock), Asks(BulkInsertOptionKind.CheckConstraints));
    }

    /// <summary>How the value that comes for each column becomes the column's own.</summary>
    public Scalar[] Assignments(IReadOnlyList<SqlColumn> columns)
    {
        // A load without rows may come without columns.
        if (columns.Count == 0) return [];
        if (columns.Count != Positions.Length)
        {
            throw Errors.Of(4804, 16, $"stand-in: the rows of the bulk load have {columns.Count} columns, INSERT BULK announced {Positions.Length}.");
        }
        var maker = new RowMaker(Database, Table);
        var source = new Scope(null).Add(null, null, columns.Select(c => new SourceColumn(c.Name, c.Type, c.IsNullable)).ToArray());
        return Positions.Select((position, i) => Assignment(maker, Table.Columns[position], ExpressionCompiler.Reference(0, source, i))).ToArray();
    }

    private static Scalar Assignment(RowMaker maker, TableColumn column, Expr value)
    {
        var (from, type) = (value.Type, column.Type);
        if (SqlTypes.IsDecimal(from.Kind) && SqlTypes.IsDecimal(type.Kind) && (from.Precision, from.Scale) == (type.Precision, type.Scale))
        {
            return value.Eval;
        }
        // Character text may come for xml and json, bytes for the CLR types: clients send those without saying what they are.
        var assigned = maker.Assignment(column, value);
        return type.Kind switch
        {
            SqlKind.Char or SqlKind.NChar => frame => assigned(frame) is string text ? Conversion.FitCharacters(text, type) : null,
            // A document that comes out of an XmlReader begins with a byte order mark.
            SqlKind.Xml => frame => assigned(frame) is string text ? text.TrimStart('\uFEFF') : null,
            SqlKind.Binary => frame => assigned(frame) is byte[] bytes ? Conversion.FitBinary(bytes, type) : null,
            _ => assigned,
        };
    }

    private static int Position(Table table, string name)
    {
        var position = table.Position(name);
        return position switch
        {
            < 0 => throw Errors.InvalidColumn(name),
            _ when table.Columns[position].Computed is not null || table.Columns[position].Type.Kind == SqlKind.RowVersion =>
                throw Errors.Of(271, 16, $"The column \"{name}\" cannot be modified because it is either a computed column or is the result of a UNION operator."),
            _ => position,
        };
    }
}
