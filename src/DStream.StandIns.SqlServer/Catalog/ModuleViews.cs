using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using static DStream.StandIns.SqlServer.Catalog.SystemViews;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>Views of views, procedures and functions.</summary>
internal static class ModuleViews
{
    private static readonly SqlType Name = SqlTypes.SysName;

    public static void Register(Dictionary<string, SystemView> views)
    {
        views["sys.views"] = Objects(views, static m => m is ViewDefinition);
        views["sys.procedures"] = Objects(views, static m => m is ProcedureDefinition);
        views["sys.triggers"] = new([Col("name", Name), Col("object_id", SqlTypes.Int), Col("parent_id", SqlTypes.Int), Col("is_disabled", SqlTypes.Bit)], static (_, _) => []);
        views["sys.synonyms"] = new([Col("name", Name), Col("object_id", SqlTypes.Int), Col("schema_id", SqlTypes.Int), Col("base_object_name", SqlTypes.NVarChar(1035))], static (_, _) => []);
        views["sys.sql_modules"] = new(
            [Col("object_id", SqlTypes.Int), Col("definition", SqlTypes.NVarChar(-1), true), Col("uses_ansi_nulls", SqlTypes.Bit, true), Col("uses_quoted_identifier", SqlTypes.Bit, true), Col("is_schema_bound", SqlTypes.Bit, true)],
            static (_, database) => database.Modules.Values.Select(m => new object?[] { m.ObjectId, m.Text, true, true, false }));
        views["sys.all_sql_modules"] = views["sys.sql_modules"];
        views["sys.parameters"] = new(
            [Col("object_id", SqlTypes.Int), Col("name", Name, true), Col("parameter_id", SqlTypes.Int), Col("system_type_id", SqlTypes.TinyInt), Col("user_type_id", SqlTypes.Int), Col("max_length", SqlTypes.SmallInt),
             Col("precision", SqlTypes.TinyInt), Col("scale", SqlTypes.TinyInt), Col("is_output", SqlTypes.Bit), Col("has_default_value", SqlTypes.Bit)],
            static (_, database) => database.Modules.Values.SelectMany(m => Parameters(m).Select((p, i) => new object?[]
            {
                m.ObjectId, p.Name, i + 1, TypeNames.SystemId(p.Type.Kind), TypeNames.UserId(p.Type.Kind), TypeNames.MaxLength(p.Type), TypeNames.Precision(p.Type), TypeNames.Scale(p.Type), p.IsOutput, false,
            })));
        views["INFORMATION_SCHEMA.VIEWS"] = new(
            [Col("TABLE_CATALOG", Name, true), Col("TABLE_SCHEMA", Name, true), Col("TABLE_NAME", Name), Col("VIEW_DEFINITION", SqlTypes.NVarChar(4000), true), Col("CHECK_OPTION", SqlTypes.VarChar(7), true),
             Col("IS_UPDATABLE", SqlTypes.VarChar(2))],
            static (_, database) => database.Modules.Values.OfType<ViewDefinition>().Select(v => new object?[] { database.Name, v.Schema, v.Name, v.Text, "NONE", "NO" }));
        views["INFORMATION_SCHEMA.ROUTINES"] = new(
            [Col("ROUTINE_CATALOG", Name, true), Col("ROUTINE_SCHEMA", Name, true), Col("ROUTINE_NAME", Name), Col("ROUTINE_TYPE", SqlTypes.NVarChar(20), true), Col("ROUTINE_DEFINITION", SqlTypes.NVarChar(4000), true)],
            static (_, database) => database.Modules.Values.Where(m => m is not ViewDefinition).Select(m => new object?[] { database.Name, m.Schema, m.Name, m is ProcedureDefinition ? "PROCEDURE" : "FUNCTION", m.Text }));
    }

    private static IReadOnlyList<ModuleParameter> Parameters(IModule module) => module switch
    {
        ProcedureDefinition procedure => procedure.Parameters,
        FunctionDefinition function => function.Parameters,
        _ => [],
    };

    private static SystemView Objects(Dictionary<string, SystemView> views, Func<IModule, bool> which) => new(
        views["sys.objects"].Columns,
        (_, database) => database.Modules.Values.Where(which).Select(m => TableViews.Row(database, m.ObjectId, m.Schema, m.Name, 0, m.Type, m.TypeName, m.Created, false)));
}
