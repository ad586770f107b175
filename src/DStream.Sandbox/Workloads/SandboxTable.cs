using DStream.Core;

namespace DStream.Sandbox.Workloads;

/// <summary>A table of the workload. All have the same columns.</summary>
public sealed record SandboxTable(TableName Name)
{
    private static readonly string[] Names = ["Persons", "Orders", "Products", "Invoices", "Shipments"];

    /// <summary>The first tables of the workload; <c>Persons</c> is always there.</summary>
    public static IReadOnlyList<SandboxTable> First(int count) =>
        [.. Enumerable.Range(0, count).Select(static i => new SandboxTable(new TableName("dbo", i < Names.Length ? Names[i] : $"Table{i + 1:000}")))];

    /// <summary>Creates the table and enables change data capture on it.</summary>
    internal IReadOnlyList<string> CreateStatements =>
    [
        $"""
        CREATE TABLE {Name.Quoted} (
            ID int NOT NULL PRIMARY KEY,
            FirstName nvarchar(50) NOT NULL,
            LastName nvarchar(50) NULL,
            Balance decimal(18, 2) NOT NULL,
            Active bit NOT NULL,
            UpdatedAt datetime2(3) NOT NULL,
            Version bigint NOT NULL)
        """,
        $"EXEC sys.sp_cdc_enable_table @source_schema = N'{Name.Schema}', @source_name = N'{Name.Table}', @role_name = NULL, @supports_net_changes = 0",
    ];
}
