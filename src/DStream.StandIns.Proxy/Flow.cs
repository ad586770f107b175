namespace DStream.StandIns.Proxy;

/// <summary>The two directions of a connection.</summary>
public enum Flow { ToServer, ToClient }
