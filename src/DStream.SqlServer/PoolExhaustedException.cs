namespace DStream.SqlServer;

/// <summary>The client's pool gave no connection in time, which it says by an InvalidOperationException.</summary>
internal sealed class PoolExhaustedException(InvalidOperationException e) : Exception(e.Message, e);
