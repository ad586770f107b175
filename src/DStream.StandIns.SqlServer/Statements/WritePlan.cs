using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>A compiled INSERT, UPDATE, DELETE or MERGE.</summary>
/// <param name="Run">Writes, adds the rows of OUTPUT, and returns how many rows it touched. Runs under the gate.</param>
/// <param name="OutputColumns">The result set of OUTPUT; null when there is none.</param>
/// <param name="Reads">The tables that it reads and writes.</param>
internal sealed record WritePlan(
    Func<BatchContext, Transaction, List<object?[]>, long> Run, IReadOnlyList<SqlColumn>? OutputColumns, IReadOnlyList<TableRead> Reads);
