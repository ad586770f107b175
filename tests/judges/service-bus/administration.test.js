"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { admin, administration, connectionString, message, newQueue, newTopic, ownStandIn, parts, receive, withClient } = require("./support.js");

const minutes = (count) => new Date(Date.now() + count * 60000);

describe("administration of more", { concurrency: true }, () => {
  it("pages through queues", () => ownStandIn({}, async (own) => {
    for (let i = 0; i < 5; i++) await own.admin.createQueue("q" + i);
    const sizes = [];
    for await (const page of own.admin.listQueues().byPage({ maxPageSize: 2 })) sizes.push(page.length);
    assert.deepEqual(sizes, [2, 2, 1]);
  }));

  it("tells the namespace's properties", async () => {
    const properties = await admin.getNamespaceProperties();
    assert.equal(properties.messagingSku, "Standard");
    assert.ok(properties.name.length > 0);
  });

  it("tells a queue's counts, size and times", () => withClient(async (client) => {
    const name = await newQueue();
    const sender = client.createSender(name);
    await sender.sendMessages([message("a"), message("b"), message("c")]);
    await sender.scheduleMessages(message("later"), minutes(5));
    const receiver = client.createReceiver(name);
    const [a, b] = await receive(receiver, 2);
    await receiver.deadLetterMessage(a);
    await receiver.abandonMessage(b);
    const found = await admin.getQueueRuntimeProperties(name);
    assert.deepEqual(
      [found.activeMessageCount, found.deadLetterMessageCount, found.scheduledMessageCount, found.transferMessageCount, found.totalMessageCount],
      [2, 1, 1, 0, 4]);
    assert.ok(found.sizeInBytes > 0);
    assert.ok(found.accessedAt >= found.createdAt && found.modifiedAt >= found.createdAt);
  }));

  it("tells a topic's and a subscription's counts", () => withClient(async (client) => {
    const topic = await newTopic(["one", "two"]);
    const sender = client.createSender(topic);
    await sender.sendMessages([message("a"), message("b")]);
    await sender.scheduleMessages(message("later"), minutes(5));
    const found = await admin.getTopicRuntimeProperties(topic);
    assert.deepEqual([found.subscriptionCount, found.scheduledMessageCount], [2, 1]);
    assert.ok(found.sizeInBytes > 0);
    assert.equal((await admin.getSubscriptionRuntimeProperties(topic, "one")).activeMessageCount, 2);
    const names = [];
    for await (const subscription of admin.listSubscriptionsRuntimeProperties(topic)) names.push(subscription.subscriptionName);
    assert.deepEqual(names, ["one", "two"]);
  }));

  it("keeps authorization rules, whose keys open their entity alone", async () => {
    const key = Buffer.from("the queue's own").toString("base64");
    const name = await newQueue({
      authorizationRules: [{ claimType: "SharedAccessKey", accessRights: ["Send"], keyName: "own", primaryKey: key, secondaryKey: key }],
    });
    const other = await newQueue();
    const [rule] = (await admin.getQueue(name)).authorizationRules;
    assert.deepEqual([rule.keyName, rule.primaryKey, rule.accessRights], ["own", key, ["Send"]]);
    const own = connectionString.replace(parts.SharedAccessKeyName, "own").replace(parts.SharedAccessKey, key);
    await withClient(async (client) => {
      await client.createSender(name).sendMessages(message("a"));
      await assert.rejects(client.createReceiver(name).receiveMessages(1, { maxWaitTimeInMs: 500 }), { code: "UnauthorizedAccess" });
      await assert.rejects(client.createSender(other).sendMessages(message("a")), { code: "UnauthorizedAccess" });
    }, own);
  });

  it("refuses forwarding with a text", async () => {
    await assert.rejects(newQueue({ forwardTo: await newQueue() }), /does not support ForwardTo/);
    await assert.rejects(newTopic(["one"], {}, { forwardDeadLetteredMessagesTo: await newQueue() }), /does not support ForwardDeadLetteredMessagesTo/);
  });

  it("disables a queue for either way, and enables it again", () => withClient(async (client) => {
    const name = await newQueue();
    const queue = await admin.getQueue(name);
    await admin.updateQueue({ ...queue, status: "ReceiveDisabled" });
    await client.createSender(name).sendMessages(message("a"));
    await assert.rejects(client.createReceiver(name).receiveMessages(1, { maxWaitTimeInMs: 500 }), { code: "MessagingEntityDisabled" });
    await admin.updateQueue({ ...queue, status: "Active" });
    assert.equal((await receive(client.createReceiver(name), 1)).length, 1);
  }));

  it("updates a topic and a subscription", async () => {
    const topic = await newTopic();
    await admin.updateTopic({ ...(await admin.getTopic(topic)), userMetadata: "mine", defaultMessageTimeToLive: "P1D" });
    const found = await admin.getTopic(topic);
    assert.deepEqual([found.userMetadata, found.defaultMessageTimeToLive], ["mine", "P1D"]);
    await admin.updateSubscription({ ...(await admin.getSubscription(topic, "one")), lockDuration: "PT10S", deadLetteringOnFilterEvaluationExceptions: false });
    const subscription = await admin.getSubscription(topic, "one");
    assert.deepEqual([subscription.lockDuration, subscription.deadLetteringOnFilterEvaluationExceptions], ["PT10S", false]);
  });

  it("deletes a topic with its subscriptions", async () => {
    const topic = await newTopic(["one", "two"]);
    await admin.deleteSubscription(topic, "one");
    assert.deepEqual([await admin.subscriptionExists(topic, "one"), await admin.subscriptionExists(topic, "two")], [false, true]);
    await admin.deleteTopic(topic);
    assert.deepEqual([await admin.topicExists(topic), await admin.subscriptionExists(topic, "two")], [false, false]);
  });

  it("refuses options out of bounds", async () => {
    await assert.rejects(newQueue({ lockDuration: "PT1H" }), { statusCode: 400 });
    await assert.rejects(newQueue({ maxDeliveryCount: 0 }), { statusCode: 400 });
    await assert.rejects(newQueue({ requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: "P8D" }), { statusCode: 400 });
    await assert.rejects(admin.createQueue("-unfit-"), { statusCode: 400 });
  });

  it("refuses more entities than the emulator has", () => ownStandIn({ emulator: true, entities: 2 }, async (own) => {
    await own.admin.createQueue("one");
    await own.admin.createTopic("two");
    await assert.rejects(own.admin.createQueue("three"), { code: "QuotaExceededError" });
  }));

  it("refuses a key that may not manage", () => ownStandIn({ listenKey: "bGlzdGVu" }, async (own) => {
    await own.admin.createQueue("q");
    const text = own.connectionString.replace(parts.SharedAccessKeyName, "listen").replace(parts.SharedAccessKey, "bGlzdGVu");
    await assert.rejects(administration(text).deleteQueue("q"), { code: "UnauthorizedRequestError" });
  }));
});
