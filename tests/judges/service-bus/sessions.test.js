"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { bodies, message, newQueue, receive, sleep, withClient } = require("./support.js");

const inSession = (sessionId, body) => message(body, { sessionId });

describe("sessions", { concurrency: true }, () => {
  it("gives a named session its messages, in order", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    await client.createSender(queue).sendMessages([inSession("A", 1), inSession("B", 2), inSession("A", 3)]);
    const receiver = await client.acceptSession(queue, "A");
    assert.equal(receiver.sessionId, "A");
    assert.ok(receiver.sessionLockedUntilUtc > new Date());
    assert.deepEqual(bodies(await receive(receiver, 2)), [1, 3]);
  }));

  it("gives each next session to one receiver", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    await client.createSender(queue).sendMessages([inSession("A", 1), inSession("B", 2), inSession("C", 3)]);
    const receivers = await Promise.all([1, 2, 3].map(() => client.acceptNextSession(queue)));
    assert.deepEqual(receivers.map((r) => r.sessionId).sort(), ["A", "B", "C"]);
  }));

  it("refuses a session that another holds", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    await client.acceptSession(queue, "A");
    await assert.rejects(client.acceptSession(queue, "A"), { code: "SessionCannotBeLocked" });
  }));

  it("says that no session is free in time", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    await assert.rejects(client.acceptNextSession(queue), { code: "ServiceTimeout" });
  }, undefined, { retryOptions: { maxRetries: 0, timeoutInMs: 2000 } }));

  it("waits for a session that comes later", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    const accepting = client.acceptNextSession(queue);
    await sleep(200);
    await client.createSender(queue).sendMessages(inSession("late", 1));
    const receiver = await accepting;
    assert.equal(receiver.sessionId, "late");
    assert.deepEqual(bodies(await receive(receiver, 1)), [1]);
  }));

  it("frees a session when its receiver closes, uncompleted messages included", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    await client.createSender(queue).sendMessages([inSession("A", 1), inSession("A", 2)]);
    const first = await client.acceptNextSession(queue);
    const [one] = await receive(first, 2);
    await first.completeMessage(one);
    await first.close();
    const second = await client.acceptNextSession(queue);
    assert.deepEqual(bodies(await receive(second, 1)), [2]);
  }));

  it("keeps a state, and forgets it on demand", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    const first = await client.acceptSession(queue, "A");
    assert.equal(await first.getSessionState(), null);
    await first.setSessionState("so far");
    await first.close();
    const second = await client.acceptSession(queue, "A");
    assert.equal(String(await second.getSessionState()), "so far");
  }));

  it("renews a session's lock", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true, lockDuration: "PT10S" });
    const receiver = await client.acceptSession(queue, "A", { maxAutoLockRenewalDurationInMs: 0 });
    const before = receiver.sessionLockedUntilUtc;
    await sleep(100);
    assert.ok(await receiver.renewSessionLock() > before);
  }));

  it("says that a session's lock is lost", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true, lockDuration: "PT5S" });
    await client.createSender(queue).sendMessages(inSession("A", 1));
    const receiver = await client.acceptSession(queue, "A", { maxAutoLockRenewalDurationInMs: 0 });
    const [received] = await receive(receiver, 1);
    await sleep(5500);
    await assert.rejects(receiver.completeMessage(received), { code: "SessionLockLost" });
    const next = await client.acceptNextSession(queue);
    assert.equal((await receive(next, 1))[0].deliveryCount, 1);
  }));

  it("refuses a message without a session", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    await assert.rejects(client.createSender(queue).sendMessages(message("lost")), /SessionId was not set/);
  }));

  it("refuses receivers of the wrong kind", () => withClient(async (client) => {
    const withSessions = await newQueue({ requiresSession: true });
    const without = await newQueue();
    await assert.rejects(client.createReceiver(withSessions).receiveMessages(1, { maxWaitTimeInMs: 500 }), /requires sessions/);
    await assert.rejects(client.acceptSession(without, "A"), { code: "SessionCannotBeLocked" });
  }));

  it("settles every way in a session", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    await client.createSender(queue).sendMessages([1, 2, 3].map((i) => inSession("A", i)));
    const receiver = await client.acceptSession(queue, "A");
    const [one, two, three] = await receive(receiver, 3);
    await receiver.abandonMessage(one);
    await receiver.deferMessage(two);
    await receiver.deadLetterMessage(three, { deadLetterReason: "r" });
    assert.deepEqual(bodies(await receive(receiver, 1)), [1]);
    const [deferred] = await receiver.receiveDeferredMessages([two.sequenceNumber]);
    await receiver.completeMessage(deferred);
    const [dead] = await receive(client.createReceiver(queue, { subQueueType: "deadLetter" }), 1);
    assert.equal(dead.sessionId, "A");
  }));
});
