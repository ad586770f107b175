using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using static DStream.StandIns.SqlServer.Catalog.SystemViews;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>Views of schemas, tables, columns, types and indexes.</summary>
internal static class TableViews
{
    private static readonly SqlType Name = SqlTypes.SysName;
    private static readonly SqlType Desc = SqlTypes.NVarChar(60);

    public static void Register(Dictionary<string, SystemView> views)
    {
        views["sys.schemas"] = new(
            [Col("name", Name), Col("schema_id", SqlTypes.Int), Col("principal_id", SqlTypes.Int, true)],
            static (_, database) => database.Schemas.Select(s => new object?[] { s.Key, s.Value, 1 }));
        SourceColumn[] objectColumns =
        [
            Col("name", Name), Col("object_id", SqlTypes.Int), Col("principal_id", SqlTypes.Int, true), Col("schema_id", SqlTypes.Int), Col("parent_object_id", SqlTypes.Int),
            Col("type", SqlTypes.Char(2), true), Col("type_desc", Desc, true), Col("create_date", SqlTypes.DateTime), Col("modify_date", SqlTypes.DateTime),
            Col("is_ms_shipped", SqlTypes.Bit),
        ];
        views["sys.objects"] = new(objectColumns, static (_, database) => database.Objects().Select(o => Row(database, o))
            .Concat(database.Entries().Select(e => Row(database, e.Id, e.Schema, e.Name, e.Parent, e.Type, e.TypeName, e.Created, false))));
        views["sys.all_objects"] = views["sys.objects"];
        views["sys.tables"] = new(
            [.. objectColumns, Col("is_tracked_by_cdc", SqlTypes.Bit), Col("is_replicated", SqlTypes.Bit), Col("temporal_type", SqlTypes.TinyInt)],
            static (_, database) => database.Objects().Where(o => o.Type == "U ").Select(o =>
                (object?[])[.. Row(database, o), o.Table is not null && (database.Cdc?.IsTracked(o.Table) ?? false), false, (byte)0]));
        views["sys.columns"] = new(
            [Col("object_id", SqlTypes.Int), Col("name", Name, true), Col("column_id", SqlTypes.Int), Col("system_type_id", SqlTypes.TinyInt),
             Col("user_type_id", SqlTypes.Int), Col("max_length", SqlTypes.SmallInt), Col("precision", SqlTypes.TinyInt), Col("scale", SqlTypes.TinyInt),
             Col("collation_name", Name, true), Col("is_nullable", SqlTypes.Bit, true), Col("is_identity", SqlTypes.Bit), Col("is_computed", SqlTypes.Bit),
             Col("default_object_id", SqlTypes.Int), Col("is_hidden", SqlTypes.Bit), Col("is_rowguidcol", SqlTypes.Bit)],
            static (_, database) => database.Objects().SelectMany(o => o.Columns.Select(c => new object?[]
            {
                o.Id, c.Name, c.Id, TypeNames.SystemId(c.Type.Kind), TypeNames.UserId(c.Type.Kind), TypeNames.MaxLength(c.Type), TypeNames.Precision(c.Type),
                TypeNames.Scale(c.Type), SqlTypes.IsCharacter(c.Type.Kind) ? c.Type.Collation ?? Collation.Name : null, c.IsNullable, c.IsIdentity, c.IsComputed,
                c.Stored?.DefaultName is null || o.Table is null ? 0 : ConstraintObjects.IdOfDefault(o.Table, c.Stored), false, false,
            })));
        views["sys.all_columns"] = views["sys.columns"];
        views["sys.types"] = new(
            [Col("name", Name), Col("system_type_id", SqlTypes.TinyInt), Col("user_type_id", SqlTypes.Int), Col("schema_id", SqlTypes.Int),
             Col("max_length", SqlTypes.SmallInt), Col("precision", SqlTypes.TinyInt), Col("scale", SqlTypes.TinyInt), Col("is_user_defined", SqlTypes.Bit),
             Col("is_nullable", SqlTypes.Bit, true), Col("is_assembly_type", SqlTypes.Bit)],
            static (_, _) => TypeNames.Kinds.Select(kind => new SqlType(kind)).Select(type => new object?[]
            {
                TypeNames.Name(type.Kind), TypeNames.SystemId(type.Kind), TypeNames.UserId(type.Kind), 4, TypeNames.MaxLength(type), TypeNames.Precision(type),
                TypeNames.Scale(type), false, true, TypeNames.SystemId(type.Kind) == 240,
            }).Append(["sysname", (byte)231, 256, 4, (short)256, (byte)0, (byte)0, false, false, false]));
        views["sys.indexes"] = new(
            [Col("object_id", SqlTypes.Int), Col("name", Name, true), Col("index_id", SqlTypes.Int), Col("type", SqlTypes.TinyInt), Col("type_desc", Desc, true),
             Col("is_unique", SqlTypes.Bit, true), Col("is_primary_key", SqlTypes.Bit, true), Col("is_unique_constraint", SqlTypes.Bit, true), Col("is_disabled", SqlTypes.Bit, true),
             Col("has_filter", SqlTypes.Bit, true), Col("filter_definition", SqlTypes.NVarChar(-1), true), Col("fill_factor", SqlTypes.TinyInt), Col("is_hypothetical", SqlTypes.Bit, true)],
            static (_, database) => database.Tables.Values.SelectMany(t => t.Indexes.Select((index, i) => new object?[]
            {
                t.ObjectId, index.Name, index.IsHeap ? 0 : i + 1, (byte)(index.IsHeap ? 0 : i == 0 ? 1 : 2), index.IsHeap ? "HEAP" : i == 0 ? "CLUSTERED" : "NONCLUSTERED",
                index.IsUnique && !index.IsHeap, index.IsPrimaryKey, index.IsConstraint && !index.IsPrimaryKey, false,
                index.FilterText is not null, index.FilterText, (byte)0, false,
            })));
        views["sys.index_columns"] = new(
            [Col("object_id", SqlTypes.Int), Col("index_id", SqlTypes.Int), Col("index_column_id", SqlTypes.Int), Col("column_id", SqlTypes.Int),
             Col("key_ordinal", SqlTypes.TinyInt), Col("is_descending_key", SqlTypes.Bit, true), Col("is_included_column", SqlTypes.Bit, true)],
            static (_, database) => database.Tables.Values.SelectMany(t => t.Indexes.SelectMany((index, i) => index.Columns.Select((column, ordinal) => new object?[]
            {
                t.ObjectId, i + 1, ordinal + 1, column.Id, (byte)(ordinal + 1), index.Descending.Contains(column), false,
            }).Concat(index.Included.Select((column, ordinal) => new object?[]
            {
                t.ObjectId, i + 1, index.Columns.Count + ordinal + 1, column.Id, (byte)0, false, true,
            })))));
        views["sys.key_constraints"] = new(
            [Col("name", Name), Col("object_id", SqlTypes.Int), Col("parent_object_id", SqlTypes.Int), Col("schema_id", SqlTypes.Int), Col("type", SqlTypes.Char(2), true), Col("unique_index_id", SqlTypes.Int, true)],
            static (_, database) => database.Tables.Values.SelectMany(t => t.Indexes.Select((index, i) => (index, i)).Where(x => x.index.IsConstraint).Select(x => new object?[]
            {
                x.index.Name, -t.ObjectId - x.i, t.ObjectId, database.Schemas[t.Schema], x.index.IsPrimaryKey ? "PK" : "UQ", x.i + 1,
            })));
        views["sys.identity_columns"] = new(
            [Col("object_id", SqlTypes.Int), Col("name", Name, true), Col("column_id", SqlTypes.Int), Col("seed_value", SqlTypes.BigInt, true), Col("increment_value", SqlTypes.BigInt, true)],
            static (_, database) => database.Tables.Values.SelectMany(t => t.Columns.Where(c => c.IsIdentity).Select(c => new object?[] { t.ObjectId, c.Name, c.Id, t.IdentitySeed, t.IdentityIncrement })));
        views["sys.computed_columns"] = new(
            [Col("object_id", SqlTypes.Int), Col("name", Name, true), Col("column_id", SqlTypes.Int), Col("definition", SqlTypes.NVarChar(-1), true), Col("is_persisted", SqlTypes.Bit)],
            static (_, database) => database.Tables.Values.SelectMany(t => t.Columns.Where(c => c.Computed is not null).Select(c => new object?[] { t.ObjectId, c.Name, c.Id, c.ComputedText, c.IsPersisted })));
        views["sys.partitions"] = new(
            [Col("partition_id", SqlTypes.BigInt), Col("object_id", SqlTypes.Int), Col("index_id", SqlTypes.Int), Col("partition_number", SqlTypes.Int), Col("rows", SqlTypes.BigInt, true)],
            static (_, database) => database.Tables.Values.SelectMany(t => t.Indexes.Select((index, i) => new object?[] { (long)t.ObjectId * 100 + i, t.ObjectId, index.IsHeap ? 0 : i + 1, 1, t.RowCount })));
        views["sys.dm_db_partition_stats"] = new(
            [Col("partition_id", SqlTypes.BigInt), Col("object_id", SqlTypes.Int), Col("index_id", SqlTypes.Int), Col("partition_number", SqlTypes.Int), Col("row_count", SqlTypes.BigInt, true)],
            views["sys.partitions"].Rows);
        views["sys.extended_properties"] = new(
            [Col("class", SqlTypes.TinyInt), Col("major_id", SqlTypes.Int), Col("minor_id", SqlTypes.Int), Col("name", Name), Col("value", SqlTypes.Variant, true)], static (_, _) => []);
    }

    private static object?[] Row(Database database, DatabaseObject o)
    {
        var created = TemporalConversion.Round(o.Created, SqlTypes.DateTime);
        return [o.Name, o.Id, null, database.Schemas[o.Schema], 0, o.Type, o.TypeName, created, created, o.IsSystem];
    }

    public static object?[] Row(Database database, int id, string schema, string name, int parent, string type, string typeName, DateTime created, bool isSystem)
    {
        var time = TemporalConversion.Round(created, SqlTypes.DateTime);
        return [name, id, null, database.Schemas[schema], parent, type, typeName, time, time, isSystem];
    }
}
