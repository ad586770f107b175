namespace DStream.StandIns.SqlServer.Wire.Types;

internal static class DecimalBytes
{
    public const byte Maximum = 17;

    /// <summary>Bytes of a decimal's sign and magnitude on the wire, by its precision.</summary>
    public static int Of(byte precision) => precision switch { <= 9 => 5, <= 19 => 9, <= 28 => 13, _ => Maximum };
}
