using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>sp_rename: of a table, a column, an index or a constraint.</summary>
internal static class RenameProcedure
{
    public static int Run(ProcedureCall call)
    {
        var path = call.Text("objname", 0) ?? throw call.Missing("objname");
        var newName = call.Text("newname", 1) ?? throw call.Missing("newname");
        var database = call.Context.Session.CurrentDatabase;
        var parts = ObjectName.Parse(path);
        switch (call.Text("objtype", 2)?.ToUpperInvariant())
        {
            case "COLUMN":
                Column(call, database, Table(database, parts, path), parts.Name, newName);
                break;
            case "INDEX":
                var table = Table(database, parts, path);
                var index = table.Indexes.Find(i => string.Equals(i.Name, parts.Name, StringComparison.OrdinalIgnoreCase)) ?? throw Ambiguous(path);
                var before = index.Name;
                index.Name = newName;
                call.Transaction.OnRollback(() => index.Name = before);
                break;
            default:
                Object(call, database, parts, path, newName);
                break;
        }
        call.Context.Engine.SchemaChanged();
        call.Context.Sink.Message(new SqlError(15477, 1, 0, "Caution: Changing any part of an object name could break scripts and stored procedures."));
        return 0;
    }

    // 'schema.table.column' and 'table.column': the table is what stands before the name.
    private static Table Table(Database database, ObjectName parts, string path) => parts.Schema is { } table
        ? database.FindTable(parts.Database, table) ?? throw Ambiguous(path)
        : throw Ambiguous(path);

    private static void Column(ProcedureCall call, Database database, Table table, string name, string newName)
    {
        var position = table.Position(name);
        var column = position >= 0 ? table.Columns[position] : throw Ambiguous(name);
        if (database.Cdc?.IsTracked(table) ?? false)
        {
            throw Errors.Of(4928, 16, $"Cannot alter column '{name}' because it is 'REPLICATED'.");
        }
        if (table.Position(newName) >= 0)
        {
            throw Errors.Of(15335, 11, $"Error: The new name '{newName}' is already in use as a COLUMN name and would cause a duplicate that is not permitted.");
        }
        var before = column.Name;
        column.Name = newName;
        call.Transaction.OnRollback(() => column.Name = before);
    }

    private static void Object(ProcedureCall call, Database database, ObjectName parts, string path, string newName)
    {
        var schema = parts.Schema ?? "dbo";
        if (database.FindTable(schema, parts.Name) is { } table)
        {
            if (database.Object(schema, newName) is not null)
            {
                throw Errors.Of(15335, 11, $"Error: The new name '{newName}' is already in use as a OBJECT name and would cause a duplicate that is not permitted.");
            }
            var before = table.Name;
            Rename(database, table, newName);
            call.Transaction.OnRollback(() =>
            {
                Rename(database, table, before);
                call.Context.Engine.SchemaChanged();
            });
            return;
        }
        if (database.Tables.Values.SelectMany(t => t.Checks).FirstOrDefault(c => Is(c.Name, parts.Name)) is { } check)
        {
            var before = check.Name;
            check.Name = newName;
            call.Transaction.OnRollback(() => check.Name = before);
            return;
        }
        if (database.Tables.Values.SelectMany(t => t.ForeignKeys).FirstOrDefault(k => Is(k.Name, parts.Name)) is { } key)
        {
            var before = key.Name;
            key.Name = newName;
            call.Transaction.OnRollback(() => key.Name = before);
            return;
        }
        var index = database.Tables.Values.SelectMany(t => t.Indexes).FirstOrDefault(i => i.IsConstraint && Is(i.Name, parts.Name)) ?? throw Ambiguous(path);
        var old = index.Name;
        index.Name = newName;
        call.Transaction.OnRollback(() => index.Name = old);
    }

    private static void Rename(Database database, Table table, string name)
    {
        database.Tables.Remove((table.Schema, table.Name));
        table.Name = name;
        database.Tables.Add((table.Schema, name), table);
    }

    private static bool Is(string? name, string wanted) => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase);

    private static SqlErrorException Ambiguous(string path) =>
        Errors.Of(15248, 11, $"Either the parameter @objname is ambiguous or the claimed @objtype is wrong. '{path}'");
}
