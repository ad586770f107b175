using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Administration;

/// <summary>ATOM around descriptions, as the service's administration has it (api-version 2021-05).</summary>
internal static class AtomXml
{
    public const string ApiVersion = "2021-05";

    public static readonly XNamespace Service = "http://schemas.microsoft.com/netservices/2010/10/servicebus/connect";
    public static readonly XNamespace Instance = "http://www.w3.org/2001/XMLSchema-instance";
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    /// <summary>The one element inside an entry's content.</summary>
    public static XElement ReadDescription(string body)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit };
            using var reader = XmlReader.Create(new StringReader(body), settings);
            return XElement.Load(reader).Element(Atom + "content")?.Elements().SingleOrDefault()
                ?? throw new BrokerException(BrokerError.BadRequest, "The body is no ATOM entry with a description as its content.");
        }
        catch (Exception unreadable) when (unreadable is XmlException or InvalidOperationException)
        {
            throw new BrokerException(BrokerError.BadRequest, $"The body cannot be read as an ATOM entry: {unreadable.Message}");
        }
    }

    public static XElement Entry(
        string baseAddress, string path, string title, DateTimeOffset published, DateTimeOffset updated, XElement description) =>
        new(Atom + "entry",
            new XElement(Atom + "id", $"{baseAddress}{path}?api-version={ApiVersion}"),
            new XElement(Atom + "title", new XAttribute("type", "text"), title),
            new XElement(Atom + "published", Time(published)),
            new XElement(Atom + "updated", Time(updated)),
            new XElement(Atom + "author", new XElement(Atom + "name", "stand-in")),
            new XElement(Atom + "link", new XAttribute("rel", "self"), new XAttribute("href", $"{baseAddress}{path}?api-version={ApiVersion}")),
            new XElement(Atom + "content", new XAttribute("type", "application/xml"), description));

    public static XElement Feed(string address, IEnumerable<XElement> entries, string? next)
    {
        var feed = new XElement(Atom + "feed",
            new XElement(Atom + "title", new XAttribute("type", "text"), "Entities"),
            new XElement(Atom + "id", address),
            new XElement(Atom + "link", new XAttribute("rel", "self"), new XAttribute("href", address)),
            next is null ? null : new XElement(Atom + "link", new XAttribute("rel", "next"), new XAttribute("href", next)));
        feed.Add(entries);
        return feed;
    }

    /// <summary>A description of elements in order, without those that have no value; an element as a value stands for itself.</summary>
    public static XElement Description(string name, params (string Name, object? Value)[] elements) =>
        new(Service + name, elements.Where(static e => e.Value is not null).Select(static e => e.Value as XElement ?? new XElement(Service + e.Name, e.Value)));

    /// <summary>What an element says of its own type, or null.</summary>
    public static string? TypeOf(XElement element) => element.Attribute(Instance + "type")?.Value;

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan duration) => XmlConvert.ToString(duration);

    public static string Flag(bool value) => value ? "true" : "false";
}
