using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using static DStream.StandIns.SqlServer.Catalog.SystemViews;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>Views of constraints and sequences.</summary>
internal static class ConstraintViews
{
    private static readonly SqlType Name = SqlTypes.SysName;

    public static void Register(Dictionary<string, SystemView> views)
    {
        views["sys.foreign_keys"] = new(
            [Col("name", Name), Col("object_id", SqlTypes.Int), Col("schema_id", SqlTypes.Int), Col("parent_object_id", SqlTypes.Int), Col("type", SqlTypes.Char(2)),
             Col("type_desc", SqlTypes.NVarChar(60)), Col("referenced_object_id", SqlTypes.Int), Col("key_index_id", SqlTypes.Int), Col("is_disabled", SqlTypes.Bit), Col("is_not_trusted", SqlTypes.Bit),
             Col("delete_referential_action", SqlTypes.TinyInt), Col("delete_referential_action_desc", SqlTypes.NVarChar(60)), Col("update_referential_action", SqlTypes.TinyInt),
             Col("update_referential_action_desc", SqlTypes.NVarChar(60))],
            static (_, database) => Keys(database).Select(k => new object?[]
            {
                k.Name, k.ObjectId, database.Schemas[k.Table.Schema], k.Table.ObjectId, "F ", "FOREIGN_KEY_CONSTRAINT", k.Referenced.ObjectId, k.Referenced.Indexes.IndexOf(k.Key) + 1, k.IsDisabled, k.IsDisabled,
                Action(k.OnDelete).Number, Action(k.OnDelete).Text, Action(k.OnUpdate).Number, Action(k.OnUpdate).Text,
            }));
        views["sys.foreign_key_columns"] = new(
            [Col("constraint_object_id", SqlTypes.Int), Col("constraint_column_id", SqlTypes.Int), Col("parent_object_id", SqlTypes.Int), Col("parent_column_id", SqlTypes.Int),
             Col("referenced_object_id", SqlTypes.Int), Col("referenced_column_id", SqlTypes.Int)],
            static (_, database) => Keys(database).SelectMany(k => k.Columns.Select((c, i) => new object?[] { k.ObjectId, i + 1, k.Table.ObjectId, c.Id, k.Referenced.ObjectId, k.ReferencedColumns[i].Id })));
        views["sys.check_constraints"] = new(
            [Col("name", Name), Col("object_id", SqlTypes.Int), Col("schema_id", SqlTypes.Int), Col("parent_object_id", SqlTypes.Int), Col("type", SqlTypes.Char(2)), Col("type_desc", SqlTypes.NVarChar(60)),
             Col("is_disabled", SqlTypes.Bit), Col("parent_column_id", SqlTypes.Int), Col("definition", SqlTypes.NVarChar(-1), true)],
            static (_, database) => database.Tables.Values.SelectMany(t => t.Checks.Select(c => new object?[]
            {
                c.Name, c.ObjectId, database.Schemas[t.Schema], t.ObjectId, "C ", "CHECK_CONSTRAINT", c.IsDisabled, c.Column is null ? 0 : t.Columns[t.Position(c.Column)].Id, c.Text,
            })));
        views["sys.default_constraints"] = new(
            [Col("name", Name), Col("object_id", SqlTypes.Int), Col("schema_id", SqlTypes.Int), Col("parent_object_id", SqlTypes.Int), Col("type", SqlTypes.Char(2)), Col("type_desc", SqlTypes.NVarChar(60)),
             Col("parent_column_id", SqlTypes.Int), Col("definition", SqlTypes.NVarChar(-1), true), Col("is_system_named", SqlTypes.Bit)],
            static (_, database) => database.Tables.Values.SelectMany(t => t.Columns.Where(c => c.DefaultName is not null).Select(c => new object?[]
            {
                c.DefaultName, ConstraintObjects.IdOfDefault(t, c), database.Schemas[t.Schema], t.ObjectId, "D ", "DEFAULT_CONSTRAINT", c.Id, c.DefaultText, c.DefaultName!.StartsWith("DF__", StringComparison.Ordinal),
            })));
        views["sys.sequences"] = new(
            [Col("name", Name), Col("object_id", SqlTypes.Int), Col("schema_id", SqlTypes.Int), Col("start_value", SqlTypes.Variant), Col("increment", SqlTypes.Variant), Col("minimum_value", SqlTypes.Variant),
             Col("maximum_value", SqlTypes.Variant), Col("is_cycling", SqlTypes.Bit, true), Col("current_value", SqlTypes.Variant)],
            static (_, database) => database.Sequences.Values.Select(s => new object?[]
            {
                s.Name, s.ObjectId, database.Schemas[s.Schema], Number(s.Start), Number(s.Increment), Number(s.Minimum), Number(s.Maximum), s.Cycles, Number(s.Current),
            }));
        views["INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS"] = new(
            [Col("CONSTRAINT_CATALOG", Name), Col("CONSTRAINT_SCHEMA", Name), Col("CONSTRAINT_NAME", Name), Col("UNIQUE_CONSTRAINT_SCHEMA", Name), Col("UNIQUE_CONSTRAINT_NAME", Name), Col("MATCH_OPTION", SqlTypes.VarChar(7)),
             Col("UPDATE_RULE", SqlTypes.VarChar(11)), Col("DELETE_RULE", SqlTypes.VarChar(11))],
            static (_, database) => Keys(database).Select(k => new object?[]
            {
                database.Name, k.Table.Schema, k.Name, k.Referenced.Schema, k.Key.Name, "SIMPLE", Action(k.OnUpdate).Text.Replace('_', ' '), Action(k.OnDelete).Text.Replace('_', ' '),
            }));
        views["INFORMATION_SCHEMA.CHECK_CONSTRAINTS"] = new(
            [Col("CONSTRAINT_CATALOG", Name), Col("CONSTRAINT_SCHEMA", Name), Col("CONSTRAINT_NAME", Name), Col("CHECK_CLAUSE", SqlTypes.NVarChar(4000))],
            static (_, database) => database.Tables.Values.SelectMany(t => t.Checks.Select(c => new object?[] { database.Name, t.Schema, c.Name, c.Text })));
    }

    private static IEnumerable<ForeignKey> Keys(Database database) => database.Tables.Values.SelectMany(t => t.ForeignKeys);

    private static SqlVariantValue Number(long value) => new(SqlTypes.BigInt, value);

    private static (byte Number, string Text) Action(DeleteUpdateAction action) => action switch
    {
        DeleteUpdateAction.Cascade => (1, "CASCADE"),
        DeleteUpdateAction.SetNull => (2, "SET_NULL"),
        DeleteUpdateAction.SetDefault => (3, "SET_DEFAULT"),
        _ => (0, "NO_ACTION"),
    };
}
