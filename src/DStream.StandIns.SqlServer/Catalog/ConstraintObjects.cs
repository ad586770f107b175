using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>Constraints and sequences as objects of the catalog.</summary>
internal static class ConstraintObjects
{
    private const int DefaultsApart = 1000;

    public static IEnumerable<CatalogEntry> Of(Database database) => database.Tables.Values.SelectMany(Of)
        .Concat(database.Sequences.Values.Select(s => new CatalogEntry(s.ObjectId, s.Schema, s.Name, "SO", "SEQUENCE_OBJECT", 0, s.Created)));

    public static int IdOf(Table table, TableIndex index) => -table.ObjectId - table.Indexes.IndexOf(index);

    public static int IdOfDefault(Table table, TableColumn column) => -table.ObjectId - DefaultsApart - column.Id;

    private static IEnumerable<CatalogEntry> Of(Table table)
    {
        CatalogEntry Entry(int id, string name, string type, string typeName) => new(id, table.Schema, name, type, typeName, table.ObjectId, table.Created);
        foreach (var index in table.Indexes.Where(i => i.IsConstraint))
        {
            yield return Entry(IdOf(table, index), index.Name!, index.IsPrimaryKey ? "PK" : "UQ", index.IsPrimaryKey ? "PRIMARY_KEY_CONSTRAINT" : "UNIQUE_CONSTRAINT");
        }
        foreach (var key in table.ForeignKeys)
        {
            yield return Entry(key.ObjectId, key.Name, "F ", "FOREIGN_KEY_CONSTRAINT");
        }
        foreach (var check in table.Checks)
        {
            yield return Entry(check.ObjectId, check.Name, "C ", "CHECK_CONSTRAINT");
        }
        foreach (var column in table.Columns.Where(c => c.DefaultName is not null))
        {
            yield return Entry(IdOfDefault(table, column), column.DefaultName!, "D ", "DEFAULT_CONSTRAINT");
        }
    }
}

/// <summary>An entry of sys.objects without columns.</summary>
internal sealed record CatalogEntry(int Id, string Schema, string Name, string Type, string TypeName, int Parent, DateTime Created);
