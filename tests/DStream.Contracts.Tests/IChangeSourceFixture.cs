using DStream.Core;

namespace DStream.Contracts.Tests;

/// <summary>A database to hold against <see cref="ChangeSourceContract"/>.</summary>
public interface IChangeSourceFixture : IAsyncDisposable
{
    IChangeSource Open(bool functionOrder, UpdateImages images);

    /// <summary>Creates a table of an <c>Id int primary key</c> and a <c>Name nvarchar(50)</c> and captures it, unless told not to.</summary>
    Task<TableName> CreateTableAsync(bool captured, CancellationToken cancellationToken);

    /// <summary>Commits one transaction; returns when it is captured.</summary>
    Task CommitAsync(TableName table, CancellationToken cancellationToken, params RowChange[] changes);

    /// <summary>Moves the low end of the table's capture instance.</summary>
    Task CleanUpAsync(TableName table, Lsn low, CancellationToken cancellationToken);

    /// <summary>Switches capture off for the table.</summary>
    Task StopCaptureAsync(TableName table, CancellationToken cancellationToken);
}
