using System.Data;
using Microsoft.Data.SqlClient;

namespace DStream.Sandbox.Workloads;

/// <summary>Rows that go into a table by bulk copy, as one statement of a transaction.</summary>
internal static class BulkLoad
{
    internal static async Task WriteAsync(
        SqlConnection connection, SqlTransaction transaction, SandboxTable table, IEnumerable<SandboxRow> rows, DateTime now, CancellationToken cancellationToken)
    {
        using var data = new DataTable
        {
            Columns =
            {
                { "ID", typeof(int) }, { "FirstName", typeof(string) }, { "LastName", typeof(string) }, { "Balance", typeof(decimal) },
                { "Active", typeof(bool) }, { "UpdatedAt", typeof(DateTime) }, { "Version", typeof(long) },
            },
        };
        foreach (var row in rows) data.Rows.Add(row.Id, row.FirstName, row.LastName, row.Balance, row.Active, now, row.Version);
        using var copy = new SqlBulkCopy(connection, SqlBulkCopyOptions.Default, transaction) { DestinationTableName = table.Name.Quoted };
        foreach (DataColumn column in data.Columns) copy.ColumnMappings.Add(column.ColumnName, column.ColumnName);
        await copy.WriteToServerAsync(data, cancellationToken);
    }
}
