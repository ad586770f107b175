namespace DStream.StandIns.SqlServer.Sessions;

/// <summary>A bulk load that runs: in the end all of its rows are there, or none. Disposing it before its completion undoes it.</summary>
public interface ISqlBulkLoad : IDisposable
{
    /// <summary>
    /// Writes more rows, values in the CLR types of the columns that were announced, in their order. Waits for locks; errors
    /// throw <see cref="SqlErrorException"/>, after which nothing but disposing is left to do.
    /// </summary>
    ValueTask WriteAsync(IReadOnlyList<object?[]> rows, CancellationToken attention);

    /// <summary>All rows have come: they are kept, and the statement is done.</summary>
    void Complete();
}
