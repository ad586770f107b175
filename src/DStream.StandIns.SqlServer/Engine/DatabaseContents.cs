using System.Collections.Immutable;
using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;

namespace DStream.StandIns.SqlServer.Engine;

/// <summary>What a backup keeps of a database. Its CDC is null where change data capture was off.</summary>
internal sealed record DatabaseContents(
    ImmutableArray<(Table Table, TableContents Contents)> Tables,
    ImmutableArray<KeyValuePair<(string Schema, string Name), IModule>> Modules,
    ImmutableArray<KeyValuePair<string, int>> Schemas,
    DatabaseSecurity Security,
    LogPosition Log,
    CdcSnapshot? Cdc);
