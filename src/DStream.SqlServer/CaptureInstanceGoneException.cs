namespace DStream.SqlServer;

/// <summary>The low end of a capture instance is zero: it was dropped, or may not be seen any more.</summary>
internal sealed class CaptureInstanceGoneException() : Exception("The capture instance has no low end.");
