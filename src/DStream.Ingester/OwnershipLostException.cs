namespace DStream.Ingester;

/// <summary>Another replica owns the table, or may own it by now: this one stops at once, saving nothing (I2).</summary>
internal sealed class OwnershipLostException(string reason) : Exception(reason);
