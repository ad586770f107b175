namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>An object that is a piece of Transact-SQL: a view, a procedure, a function. sys.sql_modules shows them.</summary>
internal interface IModule
{
    string Schema { get; }

    string Name { get; }

    int ObjectId { get; }

    DateTime Created { get; }

    /// <summary>The statement that made it.</summary>
    string Text { get; }

    /// <summary>sys.objects.type and type_desc.</summary>
    string Type { get; }

    string TypeName { get; }
}
