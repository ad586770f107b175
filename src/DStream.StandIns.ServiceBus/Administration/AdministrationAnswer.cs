using System.Xml.Linq;

namespace DStream.StandIns.ServiceBus.Administration;

/// <summary>What goes back over HTTP.</summary>
internal sealed record AdministrationAnswer(int Status, XElement? Body, string ContentType = "application/atom+xml; charset=utf-8");
