namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>What makes the capture job's scans fail, and what sys.dm_cdc_errors then says.</summary>
/// <param name="Number">The error's number.</param>
/// <param name="Message">Its text.</param>
/// <param name="Scans">How many scans fail before the job recovers by itself; int.MaxValue is until told.</param>
public sealed record CaptureFault(int Number, string Message, int Scans = int.MaxValue);
