"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { bodies, message, newQueue, newTopic, ownStandIn, receive, sleep, until, withClient } = require("./support.js");

const numbers = (count) => Array.from({ length: count }, (_, i) => i);
const withClock = (work) => ownStandIn({ fakeClock: true }, (own) => withClient((client) => work(own, client), own.connectionString));
const withoutRenewal = { maxAutoLockRenewalDurationInMs: 0 };

describe("messages", { concurrency: true }, () => {
  it("schedules and cancels on a topic", () => withClient(async (client) => {
    const topic = await newTopic(["one", "two"]);
    const sender = client.createSender(topic);
    await sender.scheduleMessages(message("soon"), new Date(Date.now() + 400));
    await sender.cancelScheduledMessages(await sender.scheduleMessages(message("never"), new Date(Date.now() + 500)));
    for (const one of ["one", "two"]) assert.deepEqual(bodies(await receive(client.createReceiver(topic, one), 2, 1000)), ["soon"]);
  }));

  it("refuses to cancel what is not scheduled", () => withClient(async (client) => {
    const Long = (await client.createSender(await newQueue()).scheduleMessages(message("a"), new Date(Date.now() + 60000)))[0].constructor;
    await assert.rejects(client.createSender(await newQueue()).cancelScheduledMessages(Long.fromNumber(4711)));
  }));

  it("shows scheduled and deferred messages in a peek", () => withClient(async (client) => {
    const queue = await newQueue();
    const sender = client.createSender(queue);
    await sender.sendMessages([message("a"), message("b")]);
    await sender.scheduleMessages(message("later"), new Date(Date.now() + 60000));
    const receiver = client.createReceiver(queue);
    await receiver.deferMessage((await receive(receiver, 1))[0]);
    const seen = await receiver.peekMessages(10);
    assert.deepEqual(seen.map((m) => [m.body, m.state]), [["a", "deferred"], ["b", "active"], ["later", "scheduled"]]);
  }));

  it("peeks from a number, and at dead letters", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages(numbers(5).map((i) => message(i)));
    const receiver = client.createReceiver(queue);
    const all = await receiver.peekMessages(5);
    assert.deepEqual(bodies(await receiver.peekMessages(10, { fromSequenceNumber: all[3].sequenceNumber })), [3, 4]);
    await receiver.deadLetterMessage((await receive(receiver, 1))[0], { deadLetterReason: "r" });
    const [dead] = await client.createReceiver(queue, { subQueueType: "deadLetter" }).peekMessages(10);
    assert.deepEqual([dead.body, dead.deadLetterReason], [0, "r"]);
  }));

  it("keeps the number of a dead letter", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages([message("a"), message("b"), message("c")]);
    const receiver = client.createReceiver(queue);
    const [, second] = await receive(receiver, 3);
    await receiver.deadLetterMessage(second);
    const [dead] = await receive(client.createReceiver(queue, { subQueueType: "deadLetter" }), 1);
    assert.equal(dead.sequenceNumber.toString(), second.sequenceNumber.toString());
  }));

  it("peeks one session alone", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    await client.createSender(queue).sendMessages([1, 2, 3].map((i) => message(i, { sessionId: i === 2 ? "B" : "A" })));
    const receiver = await client.acceptSession(queue, "A");
    assert.deepEqual(bodies(await receiver.peekMessages(10)), [1, 3]);
  }));

  it("defers in a subscription, and gives by number", () => withClient(async (client) => {
    const topic = await newTopic();
    await client.createSender(topic).sendMessages(message("a"));
    const receiver = client.createReceiver(topic, "one");
    const [received] = await receive(receiver, 1);
    await receiver.deferMessage(received, { why: "not yet" });
    const [deferred] = await receiver.receiveDeferredMessages(received.sequenceNumber);
    assert.equal(deferred.applicationProperties.why, "not yet");
    await receiver.completeMessage(deferred);
    assert.deepEqual(await receiver.peekMessages(1), []);
  }));

  it("dead-letters in a subscription after the last delivery", () => withClient(async (client) => {
    const topic = await newTopic(["one"], {}, { maxDeliveryCount: 1 });
    await client.createSender(topic).sendMessages(message("a"));
    const receiver = client.createReceiver(topic, "one");
    await receiver.abandonMessage((await receive(receiver, 1))[0]);
    const deadLetters = client.createReceiver(topic, "one", { subQueueType: "deadLetter" });
    const [dead] = await receive(deadLetters, 1);
    assert.equal(dead.deadLetterReason, "MaxDeliveryCountExceeded");
    await deadLetters.completeMessage(dead);
  }));

  it("gives a queue in portions on one receiver, each message once", () => withClient(async (client) => {
    const queue = await newQueue();
    await client.createSender(queue).sendMessages(numbers(100).map((i) => message(i)));
    const receiver = client.createReceiver(queue);
    const seen = [];
    while (seen.length < 100) {
      const some = await receiver.receiveMessages(7, { maxWaitTimeInMs: 2000 });
      assert.ok(some.length > 0 && some.length <= 7);
      for (const one of some) await receiver.completeMessage(one);
      seen.push(...bodies(some));
    }
    assert.deepEqual(seen, numbers(100));
    assert.deepEqual(await receiver.receiveMessages(1, { maxWaitTimeInMs: 200 }), []);
  }));

  it("streams a session to a handler", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    await client.createSender(queue).sendMessages(numbers(20).map((i) => message(i, { sessionId: "S" })));
    const receiver = await client.acceptNextSession(queue);
    const seen = [];
    await new Promise((resolve, reject) => receiver.subscribe({
      processMessage: async (received) => { if (seen.push(received.body) === 20) resolve(); },
      processError: async (args) => reject(args.error),
    }));
    assert.deepEqual(seen, numbers(20));
  }));

  it("tells a handler that its queue is gone", () => ownStandIn({}, (own) => withClient(async (client) => {
    await own.admin.createQueue("q");
    const failed = new Promise((resolve) => client.createReceiver("q").subscribe({
      processMessage: async () => {}, processError: async (args) => { if (args.error.code === "MessagingEntityNotFound") resolve(args.errorSource); },
    }));
    await until(async () => (await own.order("counts")).links === 1);
    await own.admin.deleteQueue("q");
    assert.equal(await failed, "receive");
  }, own.connectionString)));

  it("expires by the clock where nobody asks", () => withClock(async (own, client) => {
    const queue = await newQueue({ deadLetteringOnMessageExpiration: true, defaultMessageTimeToLive: "PT1H" }, own.admin);
    await client.createSender(queue).sendMessages([message("short", { timeToLive: 60000 }), message("long")]);
    await own.order("advance", { seconds: 61 });
    const found = await own.admin.getQueueRuntimeProperties(queue);
    assert.deepEqual([found.activeMessageCount, found.deadLetterMessageCount], [1, 1]);
    const [dead] = await receive(client.createReceiver(queue, { subQueueType: "deadLetter" }), 1);
    assert.deepEqual([dead.body, dead.deadLetterReason], ["short", "TTLExpiredException"]);
  }));

  it("gives a message again when its lock ran out", () => withClock(async (own, client) => {
    const queue = await newQueue({}, own.admin);
    await client.createSender(queue).sendMessages(message("a"));
    const receiver = client.createReceiver(queue, withoutRenewal);
    const [first] = await receive(receiver, 1);
    await own.order("advance", { seconds: 61 });
    const [second] = await receive(receiver, 1);
    assert.deepEqual([first.deliveryCount, second.deliveryCount], [0, 1]);
    await assert.rejects(receiver.completeMessage(first), { code: "MessageLockLost" });
    await receiver.completeMessage(second);
  }));

  it("keeps a message whose lock is renewed", () => withClock(async (own, client) => {
    const queue = await newQueue({}, own.admin);
    await client.createSender(queue).sendMessages(message("a"));
    const receiver = client.createReceiver(queue, withoutRenewal);
    const [received] = await receive(receiver, 1);
    for (let i = 0; i < 3; i++) {
      await own.order("advance", { seconds: 40 });
      await receiver.renewMessageLock(received);
    }
    await receiver.completeMessage(received);
    await assert.rejects(receiver.renewMessageLock(received), { code: "MessageLockLost" });
  }));

  it("frees a session when its lock ran out, and keeps it while it is renewed", () => withClock(async (own, client) => {
    const queue = await newQueue({ requiresSession: true }, own.admin);
    await client.createSender(queue).sendMessages(message("a", { sessionId: "S" }));
    const first = await client.acceptSession(queue, "S", withoutRenewal);
    await own.order("advance", { seconds: 40 });
    await first.renewSessionLock();
    await own.order("advance", { seconds: 40 });
    await assert.rejects(client.acceptSession(queue, "S"), { code: "SessionCannotBeLocked" });
    await own.order("advance", { seconds: 30 });
    const second = await client.acceptSession(queue, "S");
    assert.deepEqual(bodies(await receive(second, 1)), ["a"]);
    await assert.rejects(first.renewSessionLock());
  }));

  it("takes a duplicate after the window as new", () => withClock(async (own, client) => {
    const queue = await newQueue({ requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: "PT1M" }, own.admin);
    const sender = client.createSender(queue);
    await sender.sendMessages(message("a"));
    await own.order("advance", { seconds: 30 });
    await sender.sendMessages(message("a"));
    await own.order("advance", { seconds: 31 });
    await sender.sendMessages(message("a"));
    assert.equal((await own.admin.getQueueRuntimeProperties(queue)).activeMessageCount, 2);
  }));

  it("gives a scheduled message at its time by the clock", () => withClock(async (own, client) => {
    const queue = await newQueue({}, own.admin);
    await client.createSender(queue).scheduleMessages(message("a"), new Date(Date.now() + 1800000));
    const receiver = client.createReceiver(queue);
    assert.deepEqual(await receiver.receiveMessages(1, { maxWaitTimeInMs: 100 }), []);
    await own.order("advance", { seconds: 1801 });
    assert.deepEqual(bodies(await receive(receiver, 1)), ["a"]);
  }));

  it("keeps a session's state over receivers, and clears it", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    const first = await client.acceptSession(queue, "S");
    await first.setSessionState({ at: 5 });
    await first.close();
    const second = await client.acceptSession(queue, "S");
    assert.deepEqual(await second.getSessionState(), { at: 5 });
    await second.setSessionState(null);
    assert.equal(await second.getSessionState(), null);
  }));

  it("renews a lock by itself while its handler works", () => ownStandIn({}, (own) => withClient(async (client) => {
    const queue = await newQueue({ lockDuration: "PT5S" }, own.admin);
    await client.createSender(queue).sendMessages(message("a"));
    const counts = [];
    const receiver = client.createReceiver(queue);
    await new Promise((resolve, reject) => receiver.subscribe({
      processMessage: async (received) => { counts.push(received.deliveryCount); await sleep(6500); resolve(); },
      processError: async (args) => reject(args.error),
    }));
    await until(async () => (await own.admin.getQueueRuntimeProperties(queue)).totalMessageCount === 0);
    assert.deepEqual(counts, [0]);
  }, own.connectionString)));
});
