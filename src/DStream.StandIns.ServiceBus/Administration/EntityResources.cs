using System.Collections.Specialized;
using System.Globalization;
using System.Xml.Linq;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Rules;

namespace DStream.StandIns.ServiceBus.Administration;

/// <summary>Maps paths and verbs to entities: <c>/queue</c>, <c>/topic</c>, <c>/topic/Subscriptions/name</c>, <c>.../Rules/name</c>, and lists of them.</summary>
internal sealed class EntityResources(MessageBroker broker, string baseAddress)
{
    private const int MostListed = 100;

    public AdministrationAnswer Answer(string method, string path, NameValueCollection query, string? ifMatch, string body) => method switch
    {
        "GET" => Get(path, query),
        "PUT" => Put(path, ifMatch, body),
        "DELETE" => Delete(path),
        _ => throw new BrokerException(BrokerError.BadRequest, $"The method {method} is not known to the administration."),
    };

    private AdministrationAnswer Get(string path, NameValueCollection query)
    {
        if (path.Equals("$namespaceinfo", StringComparison.OrdinalIgnoreCase)) return new AdministrationAnswer(200, Namespace());
        if (Listed(path) is { } listed) return new AdministrationAnswer(200, List(path, listed, query));

        return new AdministrationAnswer(200, Find(path) ?? throw MessageBroker.NotFound(path)) { Tag = TagOf(path) };
    }

    private AdministrationAnswer Put(string path, string? ifMatch, string body)
    {
        var isUpdate = ifMatch is not null;
        if (isUpdate && ifMatch != "*" && TagOf(path) is { } tag && tag != ifMatch)
            throw new BrokerException(BrokerError.Changed, $"The entity '{path}' was changed since: its tag is {tag}, not {ifMatch}.");

        var description = AtomXml.ReadDescription(body);
        var isRule = EntityPath.TrySplitRule(path, out var topic, out var name, out var rule);
        var isSubscription = !isRule && EntityPath.TrySplitSubscription(path, out topic, out name);
        switch (description.Name.LocalName)
        {
            case "QueueDescription" when !isSubscription && !isRule:
                var queue = QueueXml.Read(description, QueueXml.QueueElements);
                if (isUpdate) broker.UpdateQueue(path, queue);
                else broker.CreateQueue(path, queue);
                break;
            case "TopicDescription" when !isSubscription && !isRule:
                var options = TopicXml.Read(description);
                if (isUpdate) broker.UpdateTopic(path, options);
                else broker.CreateTopic(path, options);
                break;
            case "SubscriptionDescription" when isSubscription:
                var subscription = QueueXml.Read(description, QueueXml.SubscriptionElements);
                if (isUpdate) broker.UpdateSubscription(topic, name, subscription);
                else broker.CreateSubscription(topic, name, subscription, QueueXml.ReadRule(description));
                break;
            case "RuleDescription" when isRule:
                if (isUpdate) broker.FindRules(topic, name).Update(RuleXml.Read(description, rule));
                else broker.CreateRule(topic, name, RuleXml.Read(description, rule));
                break;
            default:
                throw new BrokerException(BrokerError.BadRequest, $"'{description.Name.LocalName}' does not describe an entity at '/{path}'.");
        }

        return new AdministrationAnswer(isUpdate ? 200 : 201, Find(path)) { Tag = TagOf(path) };
    }

    private AdministrationAnswer Delete(string path)
    {
        if (EntityPath.TrySplitRule(path, out var topic, out var name, out var rule)) broker.FindRules(topic, name).Remove(rule);
        else if (EntityPath.TrySplitSubscription(path, out topic, out name)) broker.DeleteSubscription(topic, name);
        else broker.Delete(path);
        return new AdministrationAnswer(200, null);
    }

    // An entity's tag is the time of its last change. Rules have none.
    private string? TagOf(string path) =>
        (broker.FindSource(path)?.UpdatedAt ?? broker.FindTopic(path)?.UpdatedAt) is { } updated
            ? $"\"{updated.UtcTicks.ToString(CultureInfo.InvariantCulture)}\""
            : null;

    private XElement? Find(string path)
    {
        if (EntityPath.TrySplitRule(path, out var topic, out var name, out var rule))
            return broker.FindRules(topic, name).Find(rule) is { } found ? RuleEntry(topic, name, found) : null;

        if (EntityPath.TrySplitSubscription(path, out topic, out name))
            return broker.FindTopic(topic)?.Find(name)?.Queue is { } subscription ? SubscriptionEntry(subscription, name) : null;

        return broker.FindQueue(path) is { } queue ? QueueEntry(queue)
            : broker.FindTopic(path) is { } owner ? TopicEntry(owner)
            : null;
    }

    private IEnumerable<XElement>? Listed(string path)
    {
        if (path.Equals("$Resources/queues", StringComparison.OrdinalIgnoreCase)) return broker.Queues.Select(QueueEntry);
        if (path.Equals("$Resources/topics", StringComparison.OrdinalIgnoreCase)) return broker.Topics.Select(TopicEntry);

        if (EntityPath.TrySplitRules(path, out var topicOfRules, out var subscription))
            return broker.FindRules(topicOfRules, subscription).All.Select(rule => RuleEntry(topicOfRules, subscription, rule));

        const string Suffix = "/" + EntityPath.Subscriptions;
        if (!path.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)) return null;

        var owner = path[..^Suffix.Length];
        var topic = broker.FindTopic(owner) ?? throw MessageBroker.NotFound(owner);
        return topic.Subscriptions
            .OrderBy(static pair => pair.Key, StringComparer.OrdinalIgnoreCase)
            .Select(pair => SubscriptionEntry(pair.Value, pair.Key));
    }

    private XElement List(string path, IEnumerable<XElement> entries, NameValueCollection query)
    {
        var skip = Number(query["$skip"], 0);
        var top = Math.Min(Number(query["$top"], MostListed), MostListed);
        var page = entries.Skip(skip).Take(top + 1).ToList();
        var next = page.Count > top ? $"{baseAddress}{path}?api-version={AtomXml.ApiVersion}&$skip={skip + top}&$top={top}" : null;
        return AtomXml.Feed(baseAddress + path, page.Take(top), next);
    }

    private static int Number(string? text, int otherwise) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private XElement QueueEntry(MessageQueue queue) =>
        AtomXml.Entry(baseAddress, queue.Path, queue.Path, queue.CreatedAt, queue.UpdatedAt, QueueXml.WriteQueue(queue));

    private XElement SubscriptionEntry(MessageQueue subscription, string name) =>
        AtomXml.Entry(baseAddress, subscription.Path, name, subscription.CreatedAt, subscription.UpdatedAt, QueueXml.WriteSubscription(subscription));

    private XElement TopicEntry(MessageTopic topic) =>
        AtomXml.Entry(baseAddress, topic.Path, topic.Path, topic.CreatedAt, topic.UpdatedAt, TopicXml.Write(topic));

    private XElement RuleEntry(string topic, string subscription, SubscriptionRule rule) => AtomXml.Entry(
        baseAddress, EntityPath.OfRule(topic, subscription, rule.Name), rule.Name, rule.CreatedAt, rule.CreatedAt, RuleXml.Write(rule));

    private XElement Namespace()
    {
        var info = AtomXml.Description("NamespaceInfo",
            ("CreatedTime", AtomXml.Time(broker.CreatedAt)), ("MessagingSKU", "Standard"), ("ModifiedTime", AtomXml.Time(broker.CreatedAt)),
            ("Name", "stand-in"), ("NamespaceType", "Messaging"));
        return AtomXml.Entry(baseAddress, "$namespaceinfo", "stand-in", broker.CreatedAt, broker.CreatedAt, info);
    }
}
