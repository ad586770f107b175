namespace DStream.StandIns.SqlServer.Tests.Wire;

/// <summary>The four ways through SqlDataReader; each takes other paths in the client.</summary>
public enum ReadMode { Sync, Async, SequentialSync, SequentialAsync }
