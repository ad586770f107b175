using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Definitions: databases, schemas, tables, indexes. What a transaction defined its rollback takes back, except changes of a table's columns.</summary>
internal sealed partial class StatementRunner
{
    private async ValueTask RunDefinitionAsync(TSqlStatement statement)
    {
        switch (statement)
        {
            case CreateDatabaseStatement or DropDatabaseStatement:
                lock (context.Engine.Gate)
                {
                    DefineDatabase(statement);
                }
                break;
            case AlterDatabaseStatement or GrantStatement or DenyStatement or RevokeStatement or CreateUserStatement or CreateLoginStatement
                or AlterRoleStatement or CheckpointStatement or ReconfigureStatement:
                // Recovery models, snapshot options and permissions change nothing here: everything is always granted.
                break;
            case CreateRoleStatement role:
                lock (context.Engine.Gate)
                {
                    context.Session.CurrentDatabase.Roles.Add(role.Name.Value);
                }
                break;
            default:
                await RunWriteAsync(transaction =>
                {
                    Define(statement, transaction);
                    return 0;
                }).ConfigureAwait(false);
                break;
        }
        context.Session.RowCount = 0;
        context.Sink.StatementDone(null);
    }

    private void DefineDatabase(TSqlStatement statement)
    {
        if (statement is CreateDatabaseStatement create)
        {
            if (context.Engine.Databases.ContainsKey(create.DatabaseName.Value))
            {
                throw Errors.Of(1801, 16, $"Database '{create.DatabaseName.Value}' already exists. Choose a different database name.", 3);
            }
            context.Engine.AddDatabase(create.DatabaseName.Value);
            return;
        }
        var drop = (DropDatabaseStatement)statement;
        foreach (var name in drop.Databases.Select(d => d.Value))
        {
            if (!context.Engine.Databases.Remove(name, out var database) && !drop.IsIfExists)
            {
                throw Errors.Of(3701, 11, $"Cannot drop the database '{name}', because it does not exist or you do not have permission.");
            }
            database?.Cdc?.Dispose();
            context.Engine.SchemaChanged();
        }
    }

    private void Define(TSqlStatement statement, Transaction transaction)
    {
        var compile = new CompileContext(context.Session, batch.Variables);
        switch (statement)
        {
            case CreateSchemaStatement schema:
                CreateSchema(schema, transaction);
                break;
            case DropSchemaStatement schema:
                if (!context.Session.CurrentDatabase.Schemas.Remove(schema.Schema.BaseIdentifier.Value) && !schema.IsIfExists)
                {
                    throw Errors.Of(3701, 11, $"Cannot drop the schema '{schema.Schema.BaseIdentifier.Value}', because it does not exist or you do not have permission.");
                }
                break;
            case CreateTableStatement create:
                var name = create.SchemaObjectName;
                var database = name.BaseIdentifier.Value.StartsWith('#') ? context.Engine.Databases["tempdb"] : ObjectResolver.DatabaseOf(compile, name);
                if (create.Definition is null)
                {
                    throw Errors.Unsupported("this form of CREATE TABLE");
                }
                var table = new TableBuilder(compile, name.SchemaIdentifier?.Value ?? "dbo", name.BaseIdentifier.Value).Build(create.Definition);
                TableBuilder.Register(context.Session, database, table, transaction);
                break;
            case DropTableStatement drop:
                foreach (var dropped in drop.Objects)
                {
                    DropTable(compile, dropped, drop.IsIfExists, transaction);
                }
                break;
            case AlterTableStatement alter:
                new TableAlteration(context, compile, transaction).Run(alter);
                break;
            case CreateIndexStatement index:
                CreateIndex(compile, index, transaction);
                break;
            case DropIndexStatement drop:
                drop.DropIndexClauses.OfType<DropIndexClause>().ToList().ForEach(clause => DropIndex(compile, clause, drop.IsIfExists, transaction));
                break;
            default:
                throw Errors.Unsupported(statement.GetType().Name.Replace("Statement", "", StringComparison.Ordinal));
        }
    }

    private void CreateSchema(CreateSchemaStatement node, Transaction transaction)
    {
        var database = context.Session.CurrentDatabase;
        if (database.Schemas.ContainsKey(node.Name.Value))
        {
            throw Errors.ObjectExists(node.Name.Value);
        }
        database.AddSchema(node.Name.Value);
        transaction.Undo.Add(new UndoEntry(null, false, null, () => database.Schemas.Remove(node.Name.Value)));
    }

    private void DropTable(CompileContext compile, SchemaObjectName name, bool ifExists, Transaction transaction)
    {
        var text = ObjectResolver.Text(name);
        if (name.BaseIdentifier.Value.StartsWith('#'))
        {
            if (!context.Session.TempTables.Remove(name.BaseIdentifier.Value) && !ifExists)
            {
                throw Errors.Of(3701, 11, $"Cannot drop the table '{text}', because it does not exist or you do not have permission.", 5);
            }
            return;
        }
        if (ifExists && ObjectResolver.DatabaseOf(compile, name).FindTable(name.SchemaIdentifier?.Value, name.BaseIdentifier.Value) is null)
        {
            return;
        }
        var (database, table) = ObjectResolver.Stored(compile, name,
            missing => Errors.Of(3701, 11, $"Cannot drop the table '{missing}', because it does not exist or you do not have permission.", 5));
        RowWriter.LockTable(table, transaction);
        foreach (var instance in database.Cdc?.Instances.FindAll(i => i.Source == table) ?? [])
        {
            database.Cdc!.Remove(instance);
        }
        database.Tables.Remove((table.Schema, table.Name));
        context.Engine.SchemaChanged();
        transaction.Undo.Add(new UndoEntry(null, false, null, () =>
        {
            database.Tables.Add((table.Schema, table.Name), table);
            context.Engine.SchemaChanged();
        }));
    }

    private void CreateIndex(CompileContext compile, CreateIndexStatement node, Transaction transaction)
    {
        if (node.FilterPredicate is not null)
        {
            throw Errors.Unsupported("filtered indexes");
        }
        var (_, table) = ObjectResolver.Stored(compile, node.OnName);
        RowWriter.LockTable(table, transaction);
        if (table.Indexes.Exists(i => string.Equals(i.Name, node.Name.Value, StringComparison.OrdinalIgnoreCase)))
        {
            throw Errors.Of(1913, 16, $"The operation failed because an index or statistics with name '{node.Name.Value}' already exists on table '{table.FullName}'.");
        }
        var columns = node.Columns.Select(c => TableBuilder.Find(table.Columns, TableBuilder.NameOf(c))).ToArray();
        AddIndex(table, new TableIndex(node.Name.Value, columns, node.Unique, false, false), transaction);
    }

    private void AddIndex(Table table, TableIndex index, Transaction transaction) => TableAlteration.AddIndex(context.Engine, table, index, transaction);

    private void DropIndex(CompileContext compile, DropIndexClause node, bool ifExists, Transaction transaction)
    {
        var (_, table) = ObjectResolver.Stored(compile, node.Object);
        RowWriter.LockTable(table, transaction);
        var index = table.Indexes.Find(i => string.Equals(i.Name, node.Index.Value, StringComparison.OrdinalIgnoreCase));
        if (index is null || index == table.Clustered)
        {
            if (index is null && ifExists)
            {
                return;
            }
            throw Errors.Of(3701, 11, $"Cannot drop the index '{table.FullName}.{node.Index.Value}', because it does not exist or you do not have permission.");
        }
        table.Indexes.Remove(index);
        context.Engine.SchemaChanged();
        transaction.Undo.Add(new UndoEntry(null, false, null, () => table.AddIndex(index)));
    }
}
