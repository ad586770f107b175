using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>The procedures by which people look at what there is: sp_help, sp_helptext, sp_tables, sp_columns, sp_who and their like.</summary>
internal static class ObjectProcedures
{
    private static readonly SqlType Name = SqlTypes.SysName;

    public static void Register(Dictionary<string, Func<ProcedureCall, int>> procedures)
    {
        procedures["sp_help"] = Help;
        procedures["sp_helptext"] = HelpText;
        procedures["sp_helpindex"] = static call =>
        {
            HelpIndexes(call, Required(call, "objname").Table ?? throw NoObject(call));
            return 0;
        };
        procedures["sp_tables"] = Tables;
        procedures["sp_columns"] = Columns;
        procedures["sp_databases"] = static call => Rows(call, [new("DATABASE_NAME", Name), new("DATABASE_SIZE", SqlTypes.Int), new("REMARKS", SqlTypes.VarChar(254))],
            call.Context.Engine.Databases.Keys.Order(StringComparer.OrdinalIgnoreCase).Select(d => new object?[] { d, 8192, null }));
        procedures["sp_who"] = procedures["sp_who2"] = Who;
        procedures["sp_spaceused"] = SpaceUsed;
        procedures["sp_set_session_context"] = static call =>
        {
            var value = call.Raw("value", 1);
            call.Context.Session.ContextValues[call.Text("key", 0) ?? throw call.Missing("key")] = value?.Value is null ? null : Conversion.To(value.Value, value.Type, SqlTypes.Variant);
            return 0;
        };
    }

    private static int Rows(ProcedureCall call, IReadOnlyList<SqlColumn> columns, IEnumerable<object?[]> rows)
    {
        call.Result(columns, rows);
        return 0;
    }

    private static SqlErrorException NoObject(ProcedureCall call) => Errors.Of(15009, 16,
        $"The object '{call.Text("objname", 0)}' does not exist in database '{call.Context.Session.Database}' or is invalid for this operation.");

    private static DatabaseObject Required(ProcedureCall call, string parameter)
    {
        var parts = ObjectName.Parse(call.Text(parameter, 0) ?? throw call.Missing(parameter));
        return call.Context.Session.CurrentDatabase.Object(parts.Schema ?? "dbo", parts.Name) ?? throw NoObject(call);
    }

    private static int Help(ProcedureCall call)
    {
        var database = call.Context.Session.CurrentDatabase;
        if (call.Text("objname", 0) is null)
        {
            return Rows(call, [new("Name", Name), new("Owner", Name), new("Object_type", SqlTypes.NVarChar(31))],
                database.Objects().Select(o => new object?[] { o.Name, "dbo", o.TypeName.Replace('_', ' ').ToLowerInvariant() }));
        }
        var found = Required(call, "objname");
        call.Result([new("Name", Name), new("Owner", Name), new("Type", SqlTypes.NVarChar(31)), new("Created_datetime", SqlTypes.DateTime)],
            [[found.Name, "dbo", found.TypeName.Replace('_', ' ').ToLowerInvariant(), TemporalConversion.Round(found.Created, SqlTypes.DateTime)]]);
        call.Result(
            [new("Column_name", Name), new("Type", Name), new("Computed", SqlTypes.VarChar(35)), new("Length", SqlTypes.Int), new("Prec", SqlTypes.Char(5)), new("Scale", SqlTypes.Char(5)), new("Nullable", SqlTypes.VarChar(35)),
             new("Collation", Name)],
            found.Columns.Select(c => new object?[]
            {
                c.Name, TypeNames.Name(c.Type.Kind), c.IsComputed ? "yes" : "no", (int)TypeNames.MaxLength(c.Type), $"{(SqlTypes.IsNumeric(c.Type.Kind) ? TypeNames.Precision(c.Type) : "")}".PadRight(5),
                $"{(SqlTypes.IsNumeric(c.Type.Kind) ? TypeNames.Scale(c.Type) : "")}".PadRight(5), c.IsNullable ? "yes" : "no", SqlTypes.IsCharacter(c.Type.Kind) ? c.Type.Collation ?? Collation.Name : null,
            }));
        if (found.Table is not { } table)
        {
            return 0;
        }
        var identity = table.Columns.FirstOrDefault(c => c.IsIdentity);
        call.Result([new("Identity", Name), new("Seed", SqlTypes.Decimal(38, 0)), new("Increment", SqlTypes.Decimal(38, 0)), new("Not For Replication", SqlTypes.Int)],
            [identity is null ? ["No identity column defined.", null, null, null] : [identity.Name, Number(table.IdentitySeed), Number(table.IdentityIncrement), 0]]);
        HelpIndexes(call, table);
        return 0;
    }

    private static object? Number(long value) => Conversion.To(value, SqlTypes.BigInt, SqlTypes.Decimal(38, 0));

    private static void HelpIndexes(ProcedureCall call, Table table) => call.Result(
        [new("index_name", Name), new("index_description", SqlTypes.VarChar(210)), new("index_keys", SqlTypes.NVarChar(2078))],
        table.Indexes.Where(i => !i.IsHeap).Select(i => new object?[]
        {
            i.Name,
            (i == table.Clustered ? "clustered" : "nonclustered") + (i.IsUnique ? ", unique" : "") + (i.IsPrimaryKey ? ", primary key" : i.IsConstraint ? ", unique key" : "") + " located on PRIMARY",
            string.Join(", ", i.Columns.Select(c => c.Name + (i.Descending.Contains(c) ? "(-)" : ""))),
        }));

    // A row a line, as the real one gives the text.
    private static int HelpText(ProcedureCall call)
    {
        var parts = ObjectName.Parse(call.Text("objname", 0) ?? throw call.Missing("objname"));
        var module = call.Context.Session.CurrentDatabase.Modules.GetValueOrDefault((parts.Schema ?? "dbo", parts.Name)) ?? throw NoObject(call);
        return Rows(call, [new("Text", SqlTypes.NVarChar(255))], module.Text.Split('\n').Select(line => new object?[] { line.TrimEnd('\r') + "\r\n" }));
    }

    private static int Tables(ProcedureCall call)
    {
        var (name, owner) = (call.Text("table_name", 0) ?? "%", call.Text("table_owner", 1) ?? "%");
        var database = call.Context.Session.CurrentDatabase;
        return Rows(call,
            [new("TABLE_QUALIFIER", Name), new("TABLE_OWNER", Name), new("TABLE_NAME", Name), new("TABLE_TYPE", SqlTypes.VarChar(32)), new("REMARKS", SqlTypes.VarChar(254))],
            database.Objects().Where(o => Like(o.Name, name) && Like(o.Schema, owner)).OrderBy(o => o.Schema, StringComparer.OrdinalIgnoreCase).ThenBy(o => o.Name, StringComparer.OrdinalIgnoreCase)
                .Select(o => new object?[] { database.Name, o.Schema, o.Name, o.Type == "V " ? "VIEW" : "TABLE", null }));
    }

    private static int Columns(ProcedureCall call)
    {
        var (name, owner, column) = (call.Text("table_name", 0) ?? throw call.Missing("table_name"), call.Text("table_owner", 1) ?? "%", call.Text("column_name", 3) ?? "%");
        var database = call.Context.Session.CurrentDatabase;
        return Rows(call,
            [new("TABLE_QUALIFIER", Name), new("TABLE_OWNER", Name), new("TABLE_NAME", Name), new("COLUMN_NAME", Name), new("TYPE_NAME", Name), new("PRECISION", SqlTypes.Int), new("LENGTH", SqlTypes.Int), new("SCALE", SqlTypes.SmallInt),
             new("NULLABLE", SqlTypes.SmallInt), new("COLUMN_DEF", SqlTypes.NVarChar(4000)), new("ORDINAL_POSITION", SqlTypes.Int), new("IS_NULLABLE", SqlTypes.VarChar(254))],
            database.Objects().Where(o => Like(o.Name, name) && Like(o.Schema, owner)).SelectMany(o => o.Columns.Where(c => Like(c.Name, column)).Select((c, i) => new object?[]
            {
                database.Name, o.Schema, o.Name, c.Name, TypeNames.Name(c.Type.Kind) + (c.IsIdentity ? " identity" : ""), SqlTypes.IsCharacter(c.Type.Kind) ? Math.Min(SqlTypes.Characters(c.Type), 2147483647) : (int)TypeNames.Precision(c.Type),
                (int)TypeNames.MaxLength(c.Type), SqlTypes.IsNumeric(c.Type.Kind) ? (short)TypeNames.Scale(c.Type) : null, c.IsNullable ? (short)1 : (short)0, c.Stored?.DefaultText, i + 1, c.IsNullable ? "YES" : "NO",
            })));
    }

    private static bool Like(string text, string pattern) => Expressions.LikePattern.Matches(text, pattern, null);

    private static int Who(ProcedureCall call) => Rows(call,
        [new("SPID", SqlTypes.SmallInt), new("Status", SqlTypes.NVarChar(30)), new("Login", Name), new("HostName", Name), new("BlkBy", SqlTypes.SmallInt), new("DBName", Name), new("Command", SqlTypes.NVarChar(32)), new("ProgramName", Name)],
        call.Context.Engine.Sessions.Values.Select(s => new object?[]
        {
            s.Id, s == call.Context.Session ? "runnable" : s.LockOwner.WaitsFor is null ? "sleeping" : "suspended", s.Login.User, s.Login.Host, s.LockOwner.WaitsFor?.Session ?? 0, s.Database,
            s == call.Context.Session ? "SELECT" : "AWAITING COMMAND", s.Login.Application,
        }));

    private static int SpaceUsed(ProcedureCall call)
    {
        SqlColumn[] columns = [new("name", Name), new("rows", SqlTypes.Char(20)), new("reserved", SqlTypes.VarChar(18)), new("data", SqlTypes.VarChar(18)), new("index_size", SqlTypes.VarChar(18)), new("unused", SqlTypes.VarChar(18))];
        if (call.Text("objname", 0) is null)
        {
            return Rows(call, [new("database_name", Name), new("database_size", SqlTypes.VarChar(18)), new("unallocated space", SqlTypes.VarChar(18))], [[call.Context.Session.Database, "16.00 MB", "0.00 MB"]]);
        }
        var table = Required(call, "objname").Table ?? throw NoObject(call);
        // Nothing is stored in pages here: the sizes are none.
        return Rows(call, columns, [[table.Name, $"{table.RowCount}".PadRight(20), "0 KB", "0 KB", "0 KB", "0 KB"]]);
    }
}
