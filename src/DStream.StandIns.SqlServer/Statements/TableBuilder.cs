using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Makes a table from its definition.</summary>
internal sealed class TableBuilder(CompileContext context, string schema, string name)
{
    public Table Build(TableDefinition definition)
    {
        Check(definition);
        var keys = new List<(UniqueConstraintDefinition Node, string[] Columns)>();
        var keyColumns = PrimaryKeyColumns(definition);
        var columns = definition.ColumnDefinitions.Select((node, i) => Column(node, i + 1, definition, keyColumns, keys)).ToList();
        foreach (var constraint in definition.TableConstraints)
        {
            switch (constraint)
            {
                case UniqueConstraintDefinition unique:
                    keys.Add((unique, unique.Columns.Select(NameOf).ToArray()));
                    break;
                case ForeignKeyConstraintDefinition or CheckConstraintDefinition:
                    break;
                default:
                    throw Errors.Unsupported($"constraint {constraint.GetType().Name}");
            }
        }
        var indexes = keys.Select(key => (Index: Index(key.Node, key.Columns, columns), IsClustered: key.Node.Clustered ?? key.Node.IsPrimaryKey)).ToList();
        indexes.AddRange(definition.Indexes.Concat(definition.ColumnDefinitions.Where(c => c.Index is not null).Select(c => c.Index)).Select(node =>
            (Index(node.Name.Value, node.Columns, node.IncludeColumns, node.FilterPredicate, node.Unique, columns), false)));
        // Rows are kept by the primary key, also where it is declared nonclustered: the order they are read in is its.
        var clustered = indexes.Find(i => i.IsClustered && i.Index.IsUnique).Index ?? indexes.Find(i => i.Index.IsPrimaryKey).Index;
        var identity = definition.ColumnDefinitions.FirstOrDefault(c => c.IdentityOptions is not null)?.IdentityOptions;
        var table = new Table(schema, name, context.Database.NextObjectId(), columns, clustered, context.Engine.LocalNow())
        {
            LastColumnId = columns.Count,
            IdentitySeed = Constant(identity?.IdentitySeed),
            IdentityIncrement = Constant(identity?.IdentityIncrement),
            NextIdentity = Constant(identity?.IdentitySeed),
        };
        foreach (var (index, _) in indexes.Where(i => i.Index != clustered))
        {
            table.AddIndex(index);
        }
        return table;
    }

    public TableColumn Column(ColumnDefinition node, int id, TableDefinition siblings, ICollection<string> keyColumns, List<(UniqueConstraintDefinition, string[])> keys)
    {
        var columnName = node.ColumnIdentifier.Value;
        foreach (var unique in node.Constraints.OfType<UniqueConstraintDefinition>())
        {
            keys.Add((unique, [columnName]));
        }
        if (node.ComputedColumnExpression is not null)
        {
            return Computed(node, id, siblings);
        }
        var type = Collated(DataTypes.Resolve(node.DataType), node.Collation);
        var declared = node.Constraints.OfType<NullableConstraintDefinition>().FirstOrDefault()?.Nullable;
        var isKey = keyColumns.Contains(columnName, StringComparer.OrdinalIgnoreCase);
        if (declared == true && isKey)
        {
            throw Errors.Of(8111, 16, $"Cannot define PRIMARY KEY constraint on nullable column in table '{name}'.");
        }
        var fallback = node.DefaultConstraint ?? node.Constraints.OfType<DefaultConstraintDefinition>().FirstOrDefault();
        return new TableColumn(columnName, id, type, declared ?? !(isKey || node.IdentityOptions is not null || type.Kind == SqlKind.RowVersion))
        {
            IsIdentity = node.IdentityOptions is not null,
            Default = fallback is null ? null : new ExpressionCompiler(context, new Scope(null)).Compile(fallback.Expression).ConvertTo(type).Eval,
            DefaultName = fallback is null ? null : fallback.ConstraintIdentifier?.Value ?? $"DF__{name}__{columnName}",
            DefaultText = fallback is null ? null : $"({SyntaxText.Verbatim(fallback.Expression)})",
        };
    }

    /// <summary>Enters a table into its database or, for a #table, its session; the transaction's rollback takes it out again.</summary>
    public static void Register(SqlSession session, Database database, Table table, Transaction? transaction)
    {
        if (ObjectResolver.IsTemporary(table.Name))
        {
            if (!session.TempTables.TryAdd(table.Name, table))
            {
                throw Errors.ObjectExists(table.Name);
            }
            transaction?.OnRollback(() => session.TempTables.Remove(table.Name));
            return;
        }
        if (!database.Schemas.ContainsKey(table.Schema))
        {
            throw Errors.Of(2760, 16, $"The specified schema name \"{table.Schema}\" either does not exist or you do not have permission to use it.");
        }
        if (!database.Tables.TryAdd((table.Schema, table.Name), table))
        {
            throw Errors.ObjectExists(table.Name);
        }
        if (table.Name.StartsWith('#'))
        {
            session.GlobalTables.Add(table);
        }
        session.Engine.SchemaChanged();
        transaction?.OnRollback(() =>
        {
            database.Tables.Remove((table.Schema, table.Name));
            session.Engine.SchemaChanged();
        });
    }

    private static SqlType Collated(SqlType type, Identifier? collation) => collation is null || !SqlTypes.IsCharacter(type.Kind) || collation.Value.Equals("DATABASE_DEFAULT", StringComparison.OrdinalIgnoreCase)
        ? type
        : type with { Collation = collation.Value };

    public static TableColumn Find(IReadOnlyList<TableColumn> columns, string column) =>
        columns.FirstOrDefault(c => string.Equals(c.Name, column, StringComparison.OrdinalIgnoreCase))
        ?? throw Errors.Of(1911, 16, $"Column name '{column}' does not exist in the target table or view.");

    public static string NameOf(ColumnWithSortOrder node) => node.Column.MultiPartIdentifier.Identifiers[^1].Value;

    public TableIndex Index(
        string indexName, IList<ColumnWithSortOrder> keys, IList<ColumnReferenceExpression> included, BooleanExpression? filter, bool isUnique, IReadOnlyList<TableColumn> columns) =>
        new(indexName, keys.Select(c => Find(columns, NameOf(c))).ToArray(), isUnique, false, false)
        {
            Descending = keys.Where(c => c.SortOrder == SortOrder.Descending).Select(c => Find(columns, NameOf(c))).ToHashSet(),
            Included = included.Select(c => Find(columns, c.MultiPartIdentifier.Identifiers[^1].Value)).ToArray(),
            FilterNode = filter,
            FilterText = filter is null ? null : $"({SyntaxText.Verbatim(filter)})",
            Filter = filter is null ? null : new ExpressionCompiler(context, RowScope(columns)).Compile(filter),
        };

    public TableIndex Index(UniqueConstraintDefinition node, string[] keyColumns, IReadOnlyList<TableColumn> columns) => new(
        node.ConstraintIdentifier?.Value ?? $"{(node.IsPrimaryKey ? "PK" : "UQ")}__{name}__{string.Join('_', keyColumns)}",
        keyColumns.Select(column => Find(columns, column)).ToArray(),
        isUnique: true,
        node.IsPrimaryKey,
        isConstraint: true)
    {
        Descending = node.Columns.Where(c => c.SortOrder == SortOrder.Descending).Select(c => Find(columns, NameOf(c))).ToHashSet(),
    };

    private TableColumn Computed(ColumnDefinition node, int id, TableDefinition siblings)
    {
        var scope = new Scope(null);
        var nothing = new List<(UniqueConstraintDefinition, string[])>();
        scope.Add(name, schema, siblings.ColumnDefinitions.Select((c, i) => c.ComputedColumnExpression is not null
            ? new SourceColumn("", SqlTypes.Int)
            : Column(c, i + 1, siblings, [], nothing) is var stored ? new SourceColumn(stored.Name, stored.Type, stored.IsNullable) : null!).ToArray());
        return Computed(node, id, scope);
    }

    public TableColumn Computed(ColumnDefinition node, int id, Scope row)
    {
        var value = new ExpressionCompiler(context, row).Compile(node.ComputedColumnExpression);
        return new TableColumn(node.ColumnIdentifier.Value, id, value.Type, nullable: true)
        {
            Computed = value.Eval,
            ComputedNode = node.ComputedColumnExpression,
            IsPersisted = node.IsPersisted,
            ComputedText = SyntaxText.Verbatim(node.ComputedColumnExpression),
        };
    }

    /// <summary>Compiles what looks at rows by their columns again, for the layout that the table has now.</summary>
    public static void Recompute(CompileContext context, Table table)
    {
        var row = RowScope(table.Columns);
        table.Checks.ForEach(check => check.Holds = new ExpressionCompiler(context, row).Compile(check.Node));
        foreach (var index in table.Indexes.Where(i => i.FilterNode is not null))
        {
            index.Filter = new ExpressionCompiler(context, row).Compile(index.FilterNode!);
        }
        foreach (var column in table.Columns.Where(c => c.ComputedNode is not null))
        {
            var scope = new Scope(null);
            scope.Add(table.Name, table.Schema, table.Columns.Select(c => new SourceColumn(c.ComputedNode is null ? c.Name : "", c.Type, c.IsNullable)).ToArray());
            column.Computed = new ExpressionCompiler(context, scope).Compile(column.ComputedNode!).Eval;
        }
    }

    private static List<string> PrimaryKeyColumns(TableDefinition definition) =>
    [
        .. definition.TableConstraints.OfType<UniqueConstraintDefinition>().Where(u => u.IsPrimaryKey).SelectMany(u => u.Columns.Select(NameOf)),
        .. definition.ColumnDefinitions.Where(c => c.Constraints.OfType<UniqueConstraintDefinition>().Any(u => u.IsPrimaryKey)).Select(c => c.ColumnIdentifier.Value),
    ];

    /// <summary>The columns of a row, for expressions over it alone.</summary>
    public static Scope RowScope(IReadOnlyList<TableColumn> columns)
    {
        var scope = new Scope(null);
        scope.Add(null, null, columns.Select(c => new SourceColumn(c.Name, c.Type, c.IsNullable)).ToArray());
        return scope;
    }

    private void Check(TableDefinition definition)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var column in definition.ColumnDefinitions.Select(c => c.ColumnIdentifier.Value))
        {
            if (!names.Add(column))
            {
                throw Errors.Of(2705, 16, $"Column names in each table must be unique. Column name '{column}' in table '{name}' is specified more than once.", 3);
            }
        }
        if (definition.TableConstraints.OfType<UniqueConstraintDefinition>().Count(u => u.IsPrimaryKey)
            + definition.ColumnDefinitions.Sum(c => c.Constraints.OfType<UniqueConstraintDefinition>().Count(u => u.IsPrimaryKey)) > 1)
        {
            throw Errors.Of(8110, 16, $"Cannot add multiple PRIMARY KEY constraints to table '{name}'.", 0);
        }
    }

    private long Constant(ScalarExpression? node) => node is null ? 1
        : (long)new ExpressionCompiler(context, new Scope(null)).Compile(node).ConvertTo(SqlTypes.BigInt).Eval(null!)!;
}
