using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Definitions: databases, schemas, tables, indexes. What a transaction defined its rollback takes back.</summary>
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
            case AlterDatabaseSetStatement alter:
                lock (context.Engine.Gate)
                {
                    SetDatabaseOptions(alter);
                }
                break;
            case AlterDatabaseStatement or CheckpointStatement:
                // Recovery models and files change nothing here.
                break;
            case ReconfigureStatement when !context.Session.IsAdministrator:
                throw Errors.Of(5812, 14, "You do not have permission to run the RECONFIGURE statement.");
            case ReconfigureStatement:
                lock (context.Engine.Gate)
                {
                    context.Engine.Configuration.Install();
                }
                break;
            case var security when SecurityStatements.Knows(security):
                await RunWriteAsync(transaction =>
                {
                    new SecurityStatements(context, transaction).Run(security);
                    return 0;
                }).ConfigureAwait(false);
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

    /// <summary>
    /// The options that change how rows are read. They hold at once: the real server waits for other sessions to leave the database
    /// (READ_COMMITTED_SNAPSHOT) or for running transactions to end (ALLOW_SNAPSHOT_ISOLATION).
    /// </summary>
    private void SetDatabaseOptions(AlterDatabaseSetStatement alter)
    {
        var name = alter.UseCurrent ? context.Session.Database : alter.DatabaseName.Value;
        var database = context.Engine.Databases.GetValueOrDefault(name) ?? throw Errors.Of(5011, 14,
            $"User does not have permission to alter database '{name}', the database does not exist, or the database is not in a state that allows access checks.", 5);
        if (!Access.IsOwner(context.Session, database))
        {
            throw Access.DeniedOnDatabase(database, "ALTER");
        }
        foreach (var option in alter.Options.OfType<OnOffDatabaseOption>())
        {
            var isOn = option.OptionState == OptionState.On;
            switch (option.OptionKind)
            {
                case DatabaseOptionKind.AllowSnapshotIsolation:
                    database.AllowsSnapshot = isOn;
                    break;
                case DatabaseOptionKind.ReadCommittedSnapshot:
                    database.ReadsCommittedVersions = isOn;
                    break;
                default:
                    break;
            }
        }
    }

    private void DefineDatabase(TSqlStatement statement)
    {
        DefinitionAccess.Demand(new CompileContext(context.Session, batch.Variables), statement);
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
        DefinitionAccess.Demand(compile, statement);
        switch (statement)
        {
            case CreateSchemaStatement schema:
                CreateSchema(schema, transaction);
                break;
            case DropSchemaStatement schema:
                DropSchema(schema, transaction);
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
                new ConstraintBuilder(context, compile, database, table, transaction).Add(create.Definition);
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
                if (!new ModuleDefiner(context, compile, transaction).Define(statement))
                {
                    throw Errors.Unsupported(statement.GetType().Name.Replace("Statement", "", StringComparison.Ordinal));
                }
                break;
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
        var owner = node.Owner?.Value ?? (Access.IsOwner(context.Session, database) ? "dbo" : Access.UserIn(context.Session, database)!);
        if (!string.Equals(owner, "dbo", StringComparison.OrdinalIgnoreCase))
        {
            new SecurityStatements(context, transaction).Change(database.Security with { SchemaOwners = database.Security.SchemaOwners.SetItem(node.Name.Value, owner) });
        }
        transaction.OnRollback(() => database.Schemas.Remove(node.Name.Value));
    }

    private void DropSchema(DropSchemaStatement node, Transaction transaction)
    {
        var (database, name) = (context.Session.CurrentDatabase, node.Schema.BaseIdentifier.Value);
        if (database.Objects().FirstOrDefault(o => string.Equals(o.Schema, name, StringComparison.OrdinalIgnoreCase)) is { } inside)
        {
            throw Errors.Of(3729, 16, $"Cannot drop schema '{name}' because it is being referenced by object '{inside.Name}'.");
        }
        if (!database.Schemas.Remove(name, out var id))
        {
            if (!node.IsIfExists)
            {
                throw Errors.Of(15151, 16, $"Cannot drop the schema '{name}', because it does not exist or you do not have permission.");
            }
            return;
        }
        transaction.OnRollback(() => database.Schemas.Add(name, id));
    }

    private void DropTable(CompileContext compile, SchemaObjectName name, bool ifExists, Transaction transaction)
    {
        var text = ObjectResolver.Text(name);
        if (ObjectResolver.IsTemporary(name.BaseIdentifier.Value))
        {
            if (!context.Session.TempTables.Remove(name.BaseIdentifier.Value, out var temp))
            {
                if (!ifExists)
                {
                    throw Errors.Of(3701, 11, $"Cannot drop the table '{text}', because it does not exist or you do not have permission.", 5);
                }
                return;
            }
            var session = context.Session;
            transaction.OnRollback(() => session.TempTables[temp!.Name] = temp);
            return;
        }
        if (ifExists && ObjectResolver.DatabaseOf(compile, name).FindTable(name.SchemaIdentifier?.Value, name.BaseIdentifier.Value) is null)
        {
            return;
        }
        var (database, table) = ObjectResolver.Stored(compile, name,
            missing => Errors.Of(3701, 11, $"Cannot drop the table '{missing}', because it does not exist or you do not have permission.", 5));
        RowWriter.LockTable(table, transaction);
        if (table.ReferencedBy.Exists(key => key.Table != table))
        {
            throw Errors.Of(3726, 16, $"Could not drop object '{text}' because it is referenced by a FOREIGN KEY constraint.");
        }
        foreach (var key in table.ForeignKeys)
        {
            key.Referenced.ReferencedBy.Remove(key);
            transaction.OnRollback(() => key.Referenced.ReferencedBy.Add(key));
        }
        foreach (var instance in database.Cdc?.InstancesOf(table) ?? [])
        {
            database.Cdc!.Remove(instance, transaction, context.LocalNow);
        }
        database.Tables.Remove((table.Schema, table.Name));
        var security = database.Security;
        database.Security = security.WithoutObject(table.Schema, table.Name);
        transaction.OnRollback(() => database.Security = security);
        context.Engine.SchemaChanged();
        transaction.OnRollback(() =>
        {
            database.Tables.Add((table.Schema, table.Name), table);
            context.Engine.SchemaChanged();
        });
    }

    private void CreateIndex(CompileContext compile, CreateIndexStatement node, Transaction transaction)
    {
        var (_, table) = ObjectResolver.Stored(compile, node.OnName);
        RowWriter.LockTable(table, transaction);
        if (table.Indexes.Exists(i => string.Equals(i.Name, node.Name.Value, StringComparison.OrdinalIgnoreCase)))
        {
            throw Errors.Of(1913, 16, $"The operation failed because an index or statistics with name '{node.Name.Value}' already exists on table '{table.FullName}'.");
        }
        var builder = new TableBuilder(compile, table.Schema, table.Name);
        AddIndex(table, builder.Index(node.Name.Value, node.Columns, node.IncludeColumns, node.FilterPredicate, node.Unique, table.Columns), transaction);
    }

    private void AddIndex(Table table, TableIndex index, Transaction transaction) => TableAlteration.AddIndex(context.Engine, table, index, transaction);

    private void DropIndex(CompileContext compile, DropIndexClause node, bool ifExists, Transaction transaction)
    {
        var (database, table) = ObjectResolver.Stored(compile, node.Object);
        RowWriter.LockTable(table, transaction);
        var index = table.Indexes.Find(i => string.Equals(i.Name, node.Index.Value, StringComparison.OrdinalIgnoreCase));
        if (index is null || index == table.Clustered || index.IsConstraint)
        {
            if (index is null && ifExists)
            {
                return;
            }
            if (index is { IsConstraint: true })
            {
                throw Errors.Of(3723, 16, $"An explicit DROP INDEX is not allowed on index '{table.FullName}.{index.Name}'. It is being used for {(index.IsPrimaryKey ? "PRIMARY KEY" : "UNIQUE KEY")} constraint enforcement.", 4);
            }
            throw Errors.Of(3701, 11, $"Cannot drop the index '{table.FullName}.{node.Index.Value}', because it does not exist or you do not have permission.");
        }
        if (database.Cdc?.UsesIndex(table, index) ?? false)
        {
            throw CdcErrors.IndexInUse(index.Name!, table.FullName);
        }
        table.Indexes.Remove(index);
        context.Engine.SchemaChanged();
        transaction.OnRollback(() =>
        {
            table.AddIndex(index);
            context.Engine.SchemaChanged();
        });
    }
}
