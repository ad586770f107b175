"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { bodies, message, newQueue, receive, sleep, withClient } = require("./support.js");

const numbers = (count) => Array.from({ length: count }, (_, i) => i);

describe("queues", { concurrency: true }, () => {
  it("delivers a message with all of its properties", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages({
      body: { id: 180, name: "Diana" }, messageId: "m-1", subject: "Persons", contentType: "application/json", correlationId: "c-1",
      to: "somewhere", replyTo: "back", partitionKey: "p", applicationProperties: { Destination: "a.b.c", n: 7, yes: true },
    });
    const [received] = await receive(client.createReceiver(queue), 1);
    assert.deepEqual(received.body, { id: 180, name: "Diana" });
    assert.equal(received.messageId, "m-1");
    assert.equal(received.subject, "Persons");
    assert.equal(received.contentType, "application/json");
    assert.equal(received.correlationId, "c-1");
    assert.equal(received.to, "somewhere");
    assert.equal(received.replyTo, "back");
    assert.equal(received.partitionKey, "p");
    assert.deepEqual(received.applicationProperties, { Destination: "a.b.c", n: 7, yes: true });
    assert.equal(received.sequenceNumber.toString(), "1");
    assert.ok(Math.abs(received.enqueuedTimeUtc - Date.now()) < 60000);
    assert.ok(received.lockedUntilUtc > new Date());
  }));

  it("keeps the order of single sends", () => withClient(async (client) => {
    const queue = await newQueue();
    const sender = client.createSender(queue);
    for (const i of numbers(30)) await sender.sendMessages(message(i));
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 30)), numbers(30));
  }));

  it("takes a batch whole and in order", () => withClient(async (client) => {
    const queue = await newQueue();
    const sender = client.createSender(queue);
    const batch = await sender.createMessageBatch();
    for (const i of numbers(200)) assert.ok(batch.tryAddMessage(message(i)));
    await sender.sendMessages(batch);
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 200)), numbers(200));
  }));

  it("tells the size a batch may have", () => withClient(async (client) => {
    const batch = await client.createSender(await newQueue()).createMessageBatch();
    assert.equal(batch.maxSizeInBytes, 256 * 1024);
    assert.equal(batch.tryAddMessage({ body: Buffer.alloc(300 * 1024) }), false);
  }));

  it("refuses a message over the limit and goes on", () => withClient(async (client) => {
    const queue = await newQueue();
    const sender = client.createSender(queue);
    await assert.rejects(sender.sendMessages({ body: Buffer.alloc(300 * 1024) }), { code: "MessageSizeExceeded" });
    await sender.sendMessages(message("small"));
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 1)), ["small"]);
  }));

  it("completes", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages([message("a"), message("b")]);
    const receiver = client.createReceiver(queue);
    for (const received of await receive(receiver, 2)) await receiver.completeMessage(received);
    assert.deepEqual(await receiver.peekMessages(10), []);
  }));

  it("abandons with changed properties and counts the delivery", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages(message("a", { applicationProperties: { kept: 1, changed: "old" } }));
    const receiver = client.createReceiver(queue);
    const [first] = await receive(receiver, 1);
    await receiver.abandonMessage(first, { changed: "new" });
    const [second] = await receive(receiver, 1);
    assert.equal(first.deliveryCount, 0);
    assert.equal(second.deliveryCount, 1);
    assert.deepEqual(second.applicationProperties, { kept: 1, changed: "new" });
  }));

  it("defers, and gives deferred messages by number", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages([message("a"), message("b")]);
    const receiver = client.createReceiver(queue);
    const [a] = await receive(receiver, 2);
    await receiver.deferMessage(a);
    const [deferred] = await receiver.receiveDeferredMessages(a.sequenceNumber);
    assert.equal(deferred.body, "a");
    assert.equal(deferred.state, "deferred");
    await receiver.completeMessage(deferred);
    await assert.rejects(receiver.receiveDeferredMessages(a.sequenceNumber), { code: "MessageNotFound" });
  }));

  it("dead-letters with reason and description", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages(message("a", { applicationProperties: { kept: 1 } }));
    const receiver = client.createReceiver(queue);
    const [received] = await receive(receiver, 1);
    await receiver.deadLetterMessage(received, { deadLetterReason: "unreadable", deadLetterErrorDescription: "no JSON", extra: "x" });
    const deadLetters = client.createReceiver(queue, { subQueueType: "deadLetter" });
    const [dead] = await receive(deadLetters, 1);
    assert.equal(dead.deadLetterReason, "unreadable");
    assert.equal(dead.deadLetterErrorDescription, "no JSON");
    assert.equal(dead.deadLetterSource, queue);
    assert.equal(dead.applicationProperties.kept, 1);
    assert.equal(dead.applicationProperties.extra, "x");
    await deadLetters.completeMessage(dead);
  }));

  it("dead-letters after the last delivery", () => withClient(async (client) => {
    const queue = await newQueue({ maxDeliveryCount: 2 });
    await client.createSender(queue).sendMessages(message("a"));
    const receiver = client.createReceiver(queue);
    for (let i = 0; i < 2; i++) await receiver.abandonMessage((await receive(receiver, 1))[0]);
    const [dead] = await receive(client.createReceiver(queue, { subQueueType: "deadLetter" }), 1);
    assert.equal(dead.deadLetterReason, "MaxDeliveryCountExceeded");
  }));

  it("receives and deletes", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages([message("a"), message("b")]);
    const receiver = client.createReceiver(queue, { receiveMode: "receiveAndDelete" });
    assert.deepEqual(bodies(await receive(receiver, 2)), ["a", "b"]);
    assert.deepEqual(await receiver.peekMessages(10), []);
  }));

  it("answers an empty queue after the time asked for", () => withClient(async (client) => {
    const queue = await newQueue();
    const receiver = client.createReceiver(queue);
    assert.deepEqual(await receiver.receiveMessages(10, { maxWaitTimeInMs: 300 }), []);
    await client.createSender(queue).sendMessages(message("later"));
    assert.deepEqual(bodies(await receive(receiver, 1)), ["later"]);
  }));

  it("peeks without locking", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages(numbers(5).map((i) => message(i)));
    const receiver = client.createReceiver(queue);
    assert.deepEqual(bodies(await receiver.peekMessages(3)), [0, 1, 2]);
    assert.deepEqual(bodies(await receiver.peekMessages(3)), [3, 4]);
    assert.equal((await receive(receiver, 5)).length, 5);
  }));

  it("subscribes: streams to a handler and completes by itself", () => withClient(async (client) => {
    const queue = await newQueue();
    const receiver = client.createReceiver(queue);
    const seen = [];
    const done = new Promise((resolve, reject) => receiver.subscribe({
      processMessage: async (received) => { if (seen.push(received.body) === 50) resolve(); },
      processError: async (args) => reject(args.error),
    }, { maxConcurrentCalls: 5 }));
    await client.createSender(queue).sendMessages(numbers(50).map((i) => message(i)));
    await done;
    await receiver.close();
    assert.deepEqual(seen.sort((x, y) => x - y), numbers(50));
    for (let i = 0; i < 50 && (await client.createReceiver(queue).peekMessages(1)).length; i++) await sleep(20);
    assert.deepEqual(await client.createReceiver(queue).peekMessages(1), []);
  }));

  it("shares a queue among receivers without giving a message twice", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages(numbers(40).map((i) => message(i)));
    const both = await Promise.all([receive(client.createReceiver(queue), 20), receive(client.createReceiver(queue), 20)]);
    assert.deepEqual(bodies(both.flat()).sort((x, y) => x - y), numbers(40));
  }));

  it("renews a message's lock", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages(message("a"));
    const receiver = client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
    const [received] = await receive(receiver, 1);
    await sleep(50);
    const until = await receiver.renewMessageLock(received);
    assert.ok(until > received.lockedUntilUtc || until - Date.now() > 59000);
    await receiver.completeMessage(received);
  }));

  it("says that a lock is lost, and delivers again", () => withClient(async (client) => {
    const queue = await newQueue({ lockDuration: "PT5S" });
    await client.createSender(queue).sendMessages(message("a"));
    const receiver = client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
    const [first] = await receive(receiver, 1);
    const [second] = await receive(receiver, 1, 10000);
    assert.equal(second.deliveryCount, 1);
    await assert.rejects(receiver.completeMessage(first), { code: "MessageLockLost" });
    await receiver.completeMessage(second);
  }));

  it("settles deferred messages every way, over the management link", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages([message("a"), message("b")]);
    const receiver = client.createReceiver(queue);
    const numbered = await receive(receiver, 2);
    for (const received of numbered) await receiver.deferMessage(received);
    const [a, b] = await receiver.receiveDeferredMessages(numbered.map((m) => m.sequenceNumber));
    await receiver.abandonMessage(a, { tried: "once" });
    await receiver.deadLetterMessage(b, { deadLetterReason: "r", deadLetterErrorDescription: "d" });
    const [again] = await receiver.receiveDeferredMessages(a.sequenceNumber);
    assert.deepEqual(again.applicationProperties, { tried: "once" });
    assert.ok(await receiver.renewMessageLock(again) > new Date());
    await receiver.completeMessage(again);
    await assert.rejects(receiver.completeMessage(again));
    const [dead] = await receive(client.createReceiver(queue, { subQueueType: "deadLetter" }), 1);
    assert.equal(dead.deadLetterErrorDescription, "d");
  }));

  it("drops duplicates inside the window", () => withClient(async (client) => {
    const queue = await newQueue({ requiresDuplicateDetection: true });
    const sender = client.createSender(queue);
    await sender.sendMessages(message("a"));
    await sender.sendMessages([message("a"), message("b"), message("b")]);
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 3, 500)), ["a", "b"]);
  }));

  it("expires messages by their time to live", () => withClient(async (client) => {
    const queue = await newQueue({ deadLetteringOnMessageExpiration: true });
    await client.createSender(queue).sendMessages([message("short", { timeToLive: 200 }), message("long")]);
    await sleep(300);
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 2, 300)), ["long"]);
    const [dead] = await receive(client.createReceiver(queue, { subQueueType: "deadLetter" }), 1);
    assert.equal(dead.deadLetterReason, "TTLExpiredException");
  }));

  it("schedules and cancels", () => withClient(async (client) => {
    const queue = await newQueue();
    const sender = client.createSender(queue);
    const soon = await sender.scheduleMessages(message("soon"), new Date(Date.now() + 500));
    const never = await sender.scheduleMessages([message("never")], new Date(Date.now() + 600));
    assert.equal(soon.length, 1);
    await sender.cancelScheduledMessages(never);
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 2, 1500)), ["soon"]);
  }));
});
