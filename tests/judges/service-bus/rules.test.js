"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { admin, bodies, message, newFiltered, newTopic, receive, withClient } = require("./support.js");

const blue = (body, more) => message(body, { applicationProperties: { color: "blue", quantity: 10 }, ...more });

async function selected(client, topic, messages, most = messages.length) {
  await client.createSender(topic).sendMessages(messages);
  return receive(client.createReceiver(topic, "one"), most, 300);
}

describe("rules", { concurrency: true }, () => {
  it("selects by a correlation filter on system and own properties", () => withClient(async (client) => {
    const topic = await newFiltered({ correlationId: "c", subject: "s", applicationProperties: { color: "blue" } });
    const both = { correlationId: "c", subject: "s" };
    const received = await selected(client, topic, [
      blue("yes", both), blue("case", { ...both, subject: "S" }), message("no color", both), blue("no id", { subject: "s" }),
    ]);
    assert.deepEqual(bodies(received), ["yes"]);
  }));

  it("selects by a SQL filter on a message's own properties", () => withClient(async (client) => {
    const topic = await newFiltered({ sqlExpression: "color IN ('blue', 'green') AND quantity > 5 AND quantity * 2 = 20" });
    const received = await selected(client, topic, [blue("yes"), message("no", { applicationProperties: { color: "red", quantity: 10 } })]);
    assert.deepEqual(bodies(received), ["yes"]);
  }));

  it("selects by a SQL filter on system properties", () => withClient(async (client) => {
    const topic = await newFiltered({ sqlExpression: "sys.Label LIKE 'Per%' AND sys.MessageId <> 'b' AND sys.To IS NULL" });
    const received = await selected(client, topic, [message("a", { subject: "Persons" }), message("b", { subject: "Persons" }), message("c", { subject: "Cars" })]);
    assert.deepEqual(bodies(received), ["a"]);
  }));

  it("takes what a message lacks as unknown", () => withClient(async (client) => {
    const topic = await newFiltered({ sqlExpression: "NOT missing = 'x' OR missing LIKE '%'" });
    await admin.createRule(topic, "one", "null", { sqlExpression: "missing IS NULL AND NOT EXISTS(missing) AND EXISTS(color)" });
    assert.deepEqual(bodies(await selected(client, topic, [blue("by null"), message("not at all")])), ["by null"]);
  }));

  it("matches patterns with an escape", () => withClient(async (client) => {
    const topic = await newFiltered({ sqlExpression: "rate LIKE '100\\%' ESCAPE '\\'" });
    const rated = (rate) => message(rate, { applicationProperties: { rate } });
    assert.deepEqual(bodies(await selected(client, topic, [rated("100%"), rated("1000")])), ["100%"]);
  }));

  it("changes what an action selects, and names its rule", () => withClient(async (client) => {
    const topic = await newFiltered({ sqlExpression: "color = 'blue'" }, { sqlExpression: "SET quantity = quantity / 2; SET sys.Label = 'half'; REMOVE color" });
    const [received] = await selected(client, topic, [blue("a")]);
    assert.deepEqual(received.applicationProperties, { quantity: 5, RuleName: "first" });
    assert.equal(received.subject, "half");
    assert.equal(received.body, "a");
  }));

  it("gives a copy for each rule with an action, and one for all without", () => withClient(async (client) => {
    const topic = await newFiltered({ sqlExpression: "1=1" });
    await admin.createRule(topic, "one", "second", { correlationId: "c" });
    await admin.createRule(topic, "one", "x", { sqlExpression: "1=1" }, { sqlExpression: "SET n = 1" });
    await admin.createRule(topic, "one", "y", { sqlExpression: "1=1" }, { sqlExpression: "SET n = 2" });
    const received = await selected(client, topic, [blue("a", { correlationId: "c" })], 4);
    assert.deepEqual(received.map((m) => m.applicationProperties.RuleName).sort(), ["x", "y", undefined]);
  }));

  it("selects everything by the first rule, until it is deleted", () => withClient(async (client) => {
    const topic = await newTopic();
    assert.deepEqual(bodies(await selected(client, topic, [message("a")])), ["a"]);
    await admin.deleteRule(topic, "one", "$Default");
    assert.deepEqual(await selected(client, topic, [message("b")]), []);
  }));

  it("refuses a bad filter and a bad action with a text", async () => {
    const topic = await newTopic();
    await assert.rejects(admin.createRule(topic, "one", "bad", { sqlExpression: "color = = 1" }), /cannot be read.*column 9/);
    await assert.rejects(admin.createRule(topic, "one", "bad", { sqlExpression: "1=1" }, { sqlExpression: "DROP TABLE x" }), /cannot be read/);
    assert.equal(await admin.ruleExists(topic, "one", "bad"), false);
  });

  it("creates, reads, changes, lists and deletes rules over the administration", async () => {
    const topic = await newTopic();
    await admin.createRule(topic, "one", "sql", { sqlExpression: "a = @a", sqlParameters: { "@a": 5 } }, { sqlExpression: "SET b = @b", sqlParameters: { "@b": "x" } });
    await admin.createRule(topic, "one", "correlation", { messageId: "m", applicationProperties: { p: "v", n: 1, yes: true } });
    const sql = await admin.getRule(topic, "one", "sql");
    assert.deepEqual(sql.filter, { sqlExpression: "a = @a", sqlParameters: { "@a": 5 } });
    assert.deepEqual(sql.action, { sqlExpression: "SET b = @b", sqlParameters: { "@b": "x" } });
    const { filter } = await admin.getRule(topic, "one", "correlation");
    assert.equal(filter.messageId, "m");
    assert.deepEqual(filter.applicationProperties, { p: "v", n: 1, yes: true });
    await admin.updateRule(topic, "one", { ...sql, filter: { sqlExpression: "1=0" } });
    assert.equal((await admin.getRule(topic, "one", "sql")).filter.sqlExpression, "1=0");
    await admin.deleteRule(topic, "one", "correlation");
    const names = [];
    for await (const rule of admin.listRules(topic, "one")) names.push(rule.name);
    assert.deepEqual(names, ["$Default", "sql"]);
    await assert.rejects(admin.getRule(topic, "one", "correlation"), { code: "MessageEntityNotFoundError" });
    await assert.rejects(admin.createRule(topic, "one", "sql", { sqlExpression: "1=1" }), { code: "MessageEntityAlreadyExistsError" });
  });

  it("manages rules over the link", () => withClient(async (client) => {
    const topic = await newTopic();
    const manager = client.createRuleManager(topic, "one");
    await manager.createRule("sql", { sqlExpression: "color = 'blue'" }, { sqlExpression: "SET seen = TRUE" });
    await manager.createRule("correlation", { subject: "s", applicationProperties: { color: "red" } });
    await manager.deleteRule("$Default");
    const rules = [];
    for await (const rule of manager.listRules()) rules.push(rule);
    assert.deepEqual(rules.map((rule) => rule.name), ["correlation", "sql"]);
    assert.equal(rules[0].filter.subject, "s");
    assert.equal(rules[1].filter.sqlExpression, "color = 'blue'");
    assert.equal(rules[1].action.sqlExpression, "SET seen = TRUE");
    await assert.rejects(manager.createRule("sql", { sqlExpression: "1=1" }));
    await assert.rejects(manager.createRule("bad", { sqlExpression: "=" }), /cannot be read/);
    await assert.rejects(manager.deleteRule("missing"));
    const received = await selected(client, topic, [blue("a"), message("b")]);
    assert.deepEqual(received.map((m) => m.applicationProperties.seen), [true]);
  }));

  it("dead-letters what a filter has no answer for", () => withClient(async (client) => {
    const topic = await newFiltered({ sqlExpression: "color > 5" });
    assert.deepEqual(await selected(client, topic, [blue("a")]), []);
    const [dead] = await receive(client.createReceiver(topic, "one", { subQueueType: "deadLetter" }), 1);
    assert.equal(dead.deadLetterReason, "FilterException");
  }));

  it("moves a message to another session by an action", () => withClient(async (client) => {
    const topic = await newTopic([]);
    await admin.createSubscription(topic, "one", {
      requiresSession: true, defaultRuleOptions: { name: "first", filter: { sqlExpression: "1=1" }, action: { sqlExpression: "SET sys.SessionId = 'moved'" } },
    });
    await client.createSender(topic).sendMessages(message("a", { sessionId: "before" }));
    const receiver = await client.acceptNextSession(topic, "one");
    assert.equal(receiver.sessionId, "moved");
    assert.equal((await receive(receiver, 1))[0].sessionId, "moved");
  }));
});
