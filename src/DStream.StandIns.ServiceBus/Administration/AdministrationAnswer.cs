using System.Xml.Linq;

namespace DStream.StandIns.ServiceBus.Administration;

/// <summary>What goes back over HTTP.</summary>
internal sealed record AdministrationAnswer(int Status, XElement? Body, string ContentType = "application/atom+xml; charset=utf-8")
{
    /// <summary>Names this state of the entity, for <c>If-Match</c>; or null.</summary>
    public string? Tag { get; init; }
}
