"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { admin, administration, bodies, connectionString, message, newQueue, newTopic, parts, receive, withClient } = require("./support.js");

describe("topics", { concurrency: true }, () => {
  it("hands each message to every subscription", () => withClient(async (client) => {
    const topic = await newTopic(["one", "two"]);
    await client.createSender(topic).sendMessages([message("a"), message("b")]);
    assert.deepEqual(bodies(await receive(client.createReceiver(topic, "one"), 2)), ["a", "b"]);
    assert.deepEqual(bodies(await receive(client.createReceiver(topic, "two"), 2)), ["a", "b"]);
  }));

  it("settles one subscription without the other", () => withClient(async (client) => {
    const topic = await newTopic(["one", "two"]);
    await client.createSender(topic).sendMessages(message("a"));
    const one = client.createReceiver(topic, "one");
    await one.deadLetterMessage((await receive(one, 1))[0], { deadLetterReason: "r" });
    assert.equal((await receive(client.createReceiver(topic, "one", { subQueueType: "deadLetter" }), 1))[0].deadLetterReason, "r");
    assert.deepEqual(bodies(await receive(client.createReceiver(topic, "two"), 1)), ["a"]);
  }));

  it("keeps sessions in a subscription", () => withClient(async (client) => {
    const topic = await newTopic(["one"], undefined, { requiresSession: true });
    await client.createSender(topic).sendMessages(message("a", { sessionId: "S" }));
    const receiver = await client.acceptNextSession(topic, "one");
    assert.equal(receiver.sessionId, "S");
    assert.deepEqual(bodies(await receive(receiver, 1)), ["a"]);
  }));

  it("drops duplicates at the topic", () => withClient(async (client) => {
    const topic = await newTopic(["one"], { requiresDuplicateDetection: true });
    await client.createSender(topic).sendMessages([message("a"), message("a")]);
    assert.deepEqual(bodies(await receive(client.createReceiver(topic, "one"), 2, 300)), ["a"]);
  }));
});

describe("refusals", { concurrency: true }, () => {
  it("names a missing queue", () => withClient(async (client) => {
    await assert.rejects(client.createSender("missing").sendMessages(message("a")), { code: "MessagingEntityNotFound" });
    await assert.rejects(client.createReceiver("missing").receiveMessages(1, { maxWaitTimeInMs: 500 }), { code: "MessagingEntityNotFound" });
  }));

  it("refuses a wrong key", async () => {
    const queue = await newQueue();
    const wrong = connectionString.replace(parts.SharedAccessKey, "d3Jvbmc=");
    await withClient((client) => assert.rejects(client.createSender(queue).sendMessages(message("a")), { code: "UnauthorizedAccess" }), wrong);
  });

  it("refuses sends to a disabled queue", () => withClient(async (client) => {
    const queue = await newQueue({ status: "SendDisabled" });
    await assert.rejects(client.createSender(queue).sendMessages(message("a")), { code: "MessagingEntityDisabled" });
  }));
});

describe("administration", { concurrency: true }, () => {
  it("creates a queue and tells its properties back", async () => {
    const name = await newQueue({
      requiresSession: true, requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: "PT20M", lockDuration: "PT30S",
      maxDeliveryCount: 7, userMetadata: "mine", defaultMessageTimeToLive: "P2D",
    });
    const queue = await admin.getQueue(name);
    assert.equal(queue.name, name);
    assert.equal(queue.requiresSession, true);
    assert.equal(queue.requiresDuplicateDetection, true);
    assert.equal(queue.duplicateDetectionHistoryTimeWindow, "PT20M");
    assert.equal(queue.lockDuration, "PT30S");
    assert.equal(queue.maxDeliveryCount, 7);
    assert.equal(queue.userMetadata, "mine");
    assert.equal(queue.defaultMessageTimeToLive, "P2D");
    assert.equal(queue.status, "Active");
  });

  it("refuses what exists, and what does not", async () => {
    const queue = await newQueue();
    await assert.rejects(admin.createQueue(queue), { code: "MessageEntityAlreadyExistsError" });
    await assert.rejects(admin.createTopic(queue), { code: "MessageEntityAlreadyExistsError" });
    await assert.rejects(admin.getQueue("missing"), { code: "MessageEntityNotFoundError" });
    await assert.rejects(admin.deleteQueue("missing"), { code: "MessageEntityNotFoundError" });
    assert.equal(await admin.queueExists(queue), true);
    assert.equal(await admin.queueExists("missing"), false);
  });

  it("updates what may change, and nothing else", async () => {
    const name = await newQueue();
    const queue = await admin.getQueue(name);
    await admin.updateQueue({ ...queue, maxDeliveryCount: 3 });
    assert.equal((await admin.getQueue(name)).maxDeliveryCount, 3);
    await assert.rejects(admin.updateQueue({ ...queue, requiresSession: true }));
  });

  it("counts messages where they are", () => withClient(async (client) => {
    const name = await newQueue();
    await client.createSender(name).sendMessages([message("a"), message("b"), message("c")]);
    const receiver = client.createReceiver(name);
    await receiver.deadLetterMessage((await receive(receiver, 1))[0]);
    const counts = await admin.getQueueRuntimeProperties(name);
    assert.equal(counts.activeMessageCount, 2);
    assert.equal(counts.deadLetterMessageCount, 1);
    assert.equal(counts.totalMessageCount, 3);
  }));

  it("lists topics and subscriptions", async () => {
    const topic = await newTopic(["one", "two"]);
    const subscriptions = [];
    for await (const subscription of admin.listSubscriptions(topic)) subscriptions.push(subscription.subscriptionName);
    assert.deepEqual(subscriptions, ["one", "two"]);
    const topics = [];
    for await (const found of admin.listTopics()) topics.push(found.name);
    assert.ok(topics.includes(topic));
    assert.equal((await admin.getSubscription(topic, "one")).topicName, topic);
    assert.equal((await admin.getTopicRuntimeProperties(topic)).subscriptionCount, 2);
  });

  it("deletes a queue under its receiver", () => withClient(async (client) => {
    const name = await newQueue();
    await client.createSender(name).sendMessages(message("a"));
    await receive(client.createReceiver(name), 1);
    await admin.deleteQueue(name);
    await assert.rejects(client.createReceiver(name).receiveMessages(1, { maxWaitTimeInMs: 500 }), { code: "MessagingEntityNotFound" });
  }));

  it("refuses to manage with a wrong key", async () => {
    const wrong = administration(connectionString.replace(parts.SharedAccessKey, "d3Jvbmc="));
    await assert.rejects(wrong.getQueue("any"), { code: "UnauthorizedRequestError" });
  });
});
