using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>The catalog views by schema and name.</summary>
internal static class SystemViews
{
    private static readonly Dictionary<string, SystemView> ByName = Register();

    public static SystemView? Find(string schema, string name) => ByName.GetValueOrDefault($"{schema}.{name}");

    /// <summary>Views that everybody may read; the tables of the cdc schema are not among them.</summary>
    public static bool IsPublic(string schema, string name) => !string.Equals(schema, "cdc", StringComparison.OrdinalIgnoreCase) && Find(schema, name) is not null;

    public static SourceColumn Col(string name, SqlType type, bool nullable = false) => new(name, type, nullable);

    private static Dictionary<string, SystemView> Register()
    {
        var views = new Dictionary<string, SystemView>(StringComparer.OrdinalIgnoreCase);
        ServerViews.Register(views);
        TableViews.Register(views);
        PrincipalViews.Register(views);
        ConstraintViews.Register(views);
        ModuleViews.Register(views);
        SessionViews.Register(views);
        InformationSchema.Register(views);
        Cdc.CdcViews.Register(views);
        foreach (var table in views.Keys.Where(name => name.StartsWith("cdc.", StringComparison.Ordinal)).ToList())
        {
            views[table] = views[table] with { HidesObjects = false };
        }
        // Old names that tools still ask for.
        views["dbo.sysobjects"] = views["sys.objects"];
        return views;
    }
}
