namespace DStream.StandIns.SqlServer.Wire.Requests;

internal enum TransactionVerb : ushort { Begin = 5, Commit = 7, Rollback = 8, Save = 9 }
