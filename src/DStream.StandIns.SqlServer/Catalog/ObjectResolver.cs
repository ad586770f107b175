using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>What a name in a statement stands for.</summary>
internal static class ObjectResolver
{
    public static RowSource Find(CompileContext context, SchemaObjectName name, TableAccess access)
    {
        var table = name.BaseIdentifier.Value;
        if (IsTemporary(table))
        {
            context.UsesSessionTables = true;
            return new StoredTableSource(context.Session.TempTables.GetValueOrDefault(table) ?? throw Errors.InvalidObject(table));
        }
        var database = DatabaseOf(context, name);
        var schema = name.SchemaIdentifier?.Value ?? "dbo";
        lock (context.Engine.Gate)
        {
            if (database.FindTable(schema, table) is { } stored)
            {
                var read = new TableRead(database, stored, access);
                context.Reads.Add(read);
                return new StoredTableSource(stored, read);
            }
            return SystemViews.Find(schema, table)?.Bind(database)
                ?? (string.Equals(schema, "cdc", StringComparison.OrdinalIgnoreCase) && database.Cdc is { } cdc ? CdcSources.Find(cdc, table) : null)
                ?? throw Errors.InvalidObject(Text(name));
        }
    }

    /// <summary>The columns of what a name stands for, as the session may read them.</summary>
    public static IReadOnlyList<SourceColumn> Readable(CompileContext context, SchemaObjectName name, RowSource source)
    {
        var (schema, table) = (name.SchemaIdentifier?.Value ?? "dbo", name.BaseIdentifier.Value);
        return context.IsOwned || table.StartsWith('#') || (source is not StoredTableSource && SystemViews.IsPublic(schema, table))
            ? source.Columns
            : Access.Readable(context.Session, DatabaseOf(context, name), schema, table, source.Columns);
    }

    /// <summary>A stored table, for DML and DDL.</summary>
    public static (Database Database, Table Table) Stored(CompileContext context, SchemaObjectName name, Func<string, Exception>? missing = null)
    {
        var table = name.BaseIdentifier.Value;
        if (IsTemporary(table))
        {
            context.UsesSessionTables = true;
            return (context.Engine.Databases["tempdb"], context.Session.TempTables.GetValueOrDefault(table) ?? throw Errors.InvalidObject(table));
        }
        var database = DatabaseOf(context, name);
        lock (context.Engine.Gate)
        {
            if (database.FindTable(name.SchemaIdentifier?.Value, table) is { } found)
            {
                return (database, found);
            }
        }
        if (string.Equals(name.SchemaIdentifier?.Value, "cdc", StringComparison.OrdinalIgnoreCase) && database.Cdc is not null && CdcSources.Find(database.Cdc, table) is not null)
        {
            throw Errors.Unsupported("writing to the tables of the cdc schema");
        }
        throw missing?.Invoke(Text(name)) ?? Errors.InvalidObject(Text(name));
    }

    public static ViewDefinition? View(CompileContext context, SchemaObjectName name) => Module(context, name) as ViewDefinition;

    /// <summary>A view, procedure or function of one's own.</summary>
    public static IModule? Module(CompileContext context, SchemaObjectName name)
    {
        if (IsTemporary(name.BaseIdentifier.Value) || name.ServerIdentifier is not null)
        {
            return null;
        }
        var database = DatabaseOf(context, name);
        lock (context.Engine.Gate)
        {
            return database.Modules.GetValueOrDefault((name.SchemaIdentifier?.Value ?? "dbo", name.BaseIdentifier.Value));
        }
    }

    /// <summary>The table that a statement writes to: stored, temporary or a variable.</summary>
    public static (Database Database, Table Table) Target(CompileContext context, TableReference target)
    {
        switch (target)
        {
            case NamedTableReference named:
                return Stored(context, named.SchemaObject);
            case VariableTableReference variable:
                context.UsesSessionTables = true;
                return (context.Engine.Databases["tempdb"], context.Session.TempTables.GetValueOrDefault(variable.Variable.Name) ?? throw Errors.UndeclaredTable(variable.Variable.Name));
            default:
                throw Errors.Unsupported($"writing to {target.GetType().Name}");
        }
    }

    /// <summary>A #table of the session; ##tables are tables of tempdb that everybody sees.</summary>
    public static bool IsTemporary(string name) => name.StartsWith('#') && !name.StartsWith("##", StringComparison.Ordinal);

    public static Database DatabaseOf(CompileContext context, SchemaObjectName name)
    {
        if (name.BaseIdentifier.Value.StartsWith("##", StringComparison.Ordinal))
        {
            return context.Engine.Databases["tempdb"];
        }
        if (name.ServerIdentifier is not null)
        {
            throw Errors.Unsupported("four-part names");
        }
        if (name.DatabaseIdentifier is not { Value: { Length: > 0 } database })
        {
            return context.Database;
        }
        lock (context.Engine.Gate)
        {
            var other = context.Engine.Databases.GetValueOrDefault(database) ?? throw Errors.InvalidObject(Text(name));
            Access.Enter(context.Session, other);
            return other;
        }
    }

    public static string Text(SchemaObjectName name) => string.Join('.', name.Identifiers.Select(part => part.Value));
}
