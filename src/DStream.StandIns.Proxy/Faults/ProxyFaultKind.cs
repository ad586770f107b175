namespace DStream.StandIns.Proxy.Faults;

internal enum ProxyFaultKind { CloseFin, CloseRst, NeverAnswer, Swallow, StopReading }
