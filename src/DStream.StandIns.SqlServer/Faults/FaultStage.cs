namespace DStream.StandIns.SqlServer.Faults;

internal enum FaultStage { Connect, PreLogin, Login, Request, Row, Commit, BulkRow, BulkEnd }
