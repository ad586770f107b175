using System.Runtime.CompilerServices;
using DStream.Core;

namespace DStream.SqlServer.Tests;

/// <summary>The scripts that administrators run, and the statements that run by themselves.</summary>
public sealed class ScriptsTests
{
    public static TheoryData<string> Scripts => ["enable-cdc.sql", "checkpoints.sql", "grants.sql"];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_Parses(string name) => Assert.Empty(Sql.ErrorsOf(Read(name)));

    [Fact]
    public void CheckpointsScript_Table_IsTheOneThatTheStoreCreates()
    {
        var script = Read("checkpoints.sql").ReplaceLineEndings("\n");

        foreach (var line in CheckpointStatements.CreateTable.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            Assert.Contains(line, script, StringComparison.Ordinal);
    }

    [Fact]
    public void Statements_AllOfThem_Parse()
    {
        var table = new TablePosition(new TableDescription(new("dbo", "t"), "odd ]name", Lsn.Max, [], [], false), ChangePosition.Start);
        string[] statements =
        [
            MetadataStatements.Table, MetadataStatements.Instances, MetadataStatements.Columns, MetadataStatements.MinLsn, MetadataStatements.MaxLsn,
            MetadataStatements.Range, MetadataStatements.LowEnds, MetadataStatements.ProbeTimes, ChangeFinder.Statement([table, table]),
            CheckpointStatements.SchemaExists, CheckpointStatements.CreateSchema, CheckpointStatements.CreateTable, CheckpointStatements.RaiseEpoch,
            CheckpointStatements.FirstEpoch, CheckpointStatements.Load, CheckpointStatements.Save,
        ];

        Assert.All(statements, statement => Assert.Empty(Sql.ErrorsOf(statement)));
    }

    private static string Read(string name, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "deploy", "sql", name));
}
