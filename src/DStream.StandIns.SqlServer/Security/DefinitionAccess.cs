using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Security;

/// <summary>Who may define what: members of db_owner and db_ddladmin all of it, others what they were granted and in schemas they own.</summary>
internal static class DefinitionAccess
{
    public static void Demand(CompileContext compile, TSqlStatement statement)
    {
        var session = compile.Session;
        switch (statement)
        {
            case CreateTableStatement create when !IsTemporary(create.SchemaObjectName):
                DemandCreate(session, ObjectResolver.DatabaseOf(compile, create.SchemaObjectName), create.SchemaObjectName.SchemaIdentifier?.Value ?? "dbo");
                break;
            case CreateSchemaStatement when !MayOnDatabase(session, compile.Database, "CREATE SCHEMA"):
                throw Access.DeniedOnDatabase(compile.Database, "CREATE SCHEMA");
            case ViewStatementBody when !MayOnDatabase(session, compile.Database, "CREATE VIEW"):
                throw Access.DeniedOnDatabase(compile.Database, "CREATE VIEW");
            case ProcedureStatementBody when !MayOnDatabase(session, compile.Database, "CREATE PROCEDURE"):
                throw Access.DeniedOnDatabase(compile.Database, "CREATE PROCEDURE");
            case FunctionStatementBody when !MayOnDatabase(session, compile.Database, "CREATE FUNCTION"):
                throw Access.DeniedOnDatabase(compile.Database, "CREATE FUNCTION");
            case ViewStatementBody or ProcedureStatementBody or FunctionStatementBody or CreateSequenceStatement when !MayOnDatabase(session, compile.Database, Creation(statement)):
                throw Access.DeniedOnDatabase(compile.Database, Creation(statement));
            case DropViewStatement or DropProcedureStatement or DropFunctionStatement or DropSequenceStatement when ((DropObjectsStatement)statement).Objects.FirstOrDefault(name => !MayAlter(compile, name)) is { } denied:
                throw Errors.Of(3701, 11, $"Cannot drop '{ObjectResolver.Text(denied)}', because it does not exist or you do not have permission.", 5);
            case DropIndexStatement drop when drop.DropIndexClauses.OfType<DropIndexClause>().FirstOrDefault(clause => !MayAlter(compile, clause.Object)) is { } denied:
                throw Errors.Of(3701, 11, $"Cannot drop the index '{ObjectResolver.Text(denied.Object)}.{denied.Index.Value}', because it does not exist or you do not have permission.");
            case AlterTableStatement alter when !MayAlter(compile, alter.SchemaObjectName):
                throw Errors.Of(4902, 16, $"Cannot find the object \"{ObjectResolver.Text(alter.SchemaObjectName)}\" because it does not exist or you do not have permissions.");
            case CreateIndexStatement index when !MayAlter(compile, index.OnName):
                throw CannotFind(index.OnName);
            case TruncateTableStatement truncate when !MayAlter(compile, truncate.TableName):
                throw CannotFind(truncate.TableName);
            case DropTableStatement drop when drop.Objects.FirstOrDefault(name => !MayAlter(compile, name)) is { } denied:
                throw Errors.Of(3701, 11, $"Cannot drop the table '{ObjectResolver.Text(denied)}', because it does not exist or you do not have permission.", 5);
            case CreateDatabaseStatement or DropDatabaseStatement or AlterDatabaseStatement when !session.IsAdministrator:
                throw Access.DeniedOnDatabase(session.Engine.Databases["master"], statement is CreateDatabaseStatement ? "CREATE DATABASE" : "ALTER ANY DATABASE");
            default:
                break;
        }
    }

    private static string Creation(TSqlStatement statement) => statement switch
    {
        ViewStatementBody => "CREATE VIEW",
        ProcedureStatementBody => "CREATE PROCEDURE",
        FunctionStatementBody => "CREATE FUNCTION",
        _ => "CREATE SEQUENCE",
    };

    public static void DemandCreate(SqlSession session, Database database, string schema)
    {
        if (!MayOnDatabase(session, database, "CREATE TABLE"))
        {
            throw Access.DeniedOnDatabase(database, "CREATE TABLE");
        }
        if (!MayAlter(session, database, schema, ""))
        {
            throw Errors.Of(2760, 16, $"The specified schema name \"{schema}\" either does not exist or you do not have permission to use it.");
        }
    }

    private static bool IsTemporary(SchemaObjectName name) => name.BaseIdentifier.Value.StartsWith('#');

    private static bool MayOnDatabase(SqlSession session, Database database, string permission) => Access.HasOnDatabase(session, database, permission);

    private static bool MayAlter(CompileContext compile, SchemaObjectName name) =>
        IsTemporary(name) || MayAlter(compile.Session, ObjectResolver.DatabaseOf(compile, name), name.SchemaIdentifier?.Value ?? "dbo", name.BaseIdentifier.Value);

    private static bool MayAlter(SqlSession session, Database database, string schema, string name) =>
        Access.IsMember(session, database, "db_ddladmin") || Access.Has(session, database, "ALTER", schema, name);

    private static Sessions.SqlErrorException CannotFind(SchemaObjectName name) =>
        Errors.Of(1088, 16, $"Cannot find the object \"{ObjectResolver.Text(name)}\" because it does not exist or you do not have permissions.", 7);
}
