"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const rhea = require("rhea");
const {
  bodies, connectionString, fault, fewRetries, message, newQueue, ownStandIn, parts, partsOf, receive, until, withClient,
} = require("./support.js");

const retrying = (work, text = connectionString) => withClient(work, text, fewRetries);

describe("faults", { concurrency: true }, () => {
  it("sends again to a busy queue until it is served", () => retrying(async (client) => {
    const queue = await newQueue();
    const { struck } = await fault("serverBusy", queue, { times: 2 });
    await client.createSender(queue).sendMessages(message("a"));
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 2, 300)), ["a"]);
    assert.equal(struck, 0);
  }));

  it("gives up on a busy queue with its error", () => withClient(async (client) => {
    const queue = await newQueue();
    await fault("serverBusy", queue);
    await assert.rejects(client.createSender(queue).sendMessages(message("a")), (error) => error.code === "ServiceBusy" && /50009/.test(error.message));
  }));

  it("is throttled by its credits, and served in the next second", () => ownStandIn({ fakeClock: true }, (own) => withClient(async (client) => {
    const queue = await newQueue({}, own.admin);
    const sender = client.createSender(queue);
    await own.order("throttle", { creditsPerSecond: 2 });
    await sender.sendMessages([message("a"), message("b")]);
    await assert.rejects(sender.sendMessages(message("c")), { code: "ServiceBusy" });
    await own.order("advance", { seconds: 1 });
    await sender.sendMessages(message("c"));
    await own.order("throttle", {});
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 3)), ["a", "b", "c"]);
  }, own.connectionString)));

  it("refuses what does not fit into a full queue", () => withClient(async (client) => {
    const queue = await newQueue({ maxSizeInMegabytes: 1 });
    const sender = client.createSender(queue);
    const large = { body: Buffer.alloc(200 * 1024) };
    for (let i = 0; i < 5; i++) await sender.sendMessages(large);
    await assert.rejects(sender.sendMessages(large), { code: "QuotaExceeded" });
    const receiver = client.createReceiver(queue, { receiveMode: "receiveAndDelete" });
    await receive(receiver, 1);
    await sender.sendMessages(large);
  }));

  it("sends again after the connection was lost", () => ownStandIn({}, (own) => retrying(async (client) => {
    const queue = await newQueue({}, own.admin);
    const sender = client.createSender(queue);
    await sender.sendMessages(message("a"));
    await own.order("dropOnSend", { entity: queue });
    await sender.sendMessages(message("b"));
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 3, 300)), ["a", "b"]);
  }, own.connectionString)));

  it("sends again after its link was detached", () => retrying(async (client) => {
    const queue = await newQueue();
    const sender = client.createSender(queue);
    await sender.sendMessages(message("a"));
    await fault("detachOnSend", queue);
    await sender.sendMessages(message("b"));
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 3, 300)), ["a", "b"]);
  }));

  it("sends again what was not acknowledged, and a window drops the second", () => withClient(async (client) => {
    const queue = await newQueue({ requiresDuplicateDetection: true });
    const plain = await newQueue();
    for (const name of [queue, plain]) {
      await fault("loseAcknowledgement", name);
      await client.createSender(name).sendMessages(message("a"));
    }
    assert.equal((await receive(client.createReceiver(queue), 2, 300)).length, 1);
    assert.equal((await receive(client.createReceiver(plain), 2, 300)).length, 2);
  }, connectionString, { retryOptions: { maxRetries: 2, retryDelayInMs: 20, timeoutInMs: 1500 } }));

  it("waits for a slow broker", () => withClient(async (client) => {
    const queue = await newQueue();
    const sender = client.createSender(queue);
    await sender.sendMessages(message("warm"));
    await fault("delaySend", queue, { seconds: 0.4 });
    const before = Date.now();
    await Promise.all([sender.sendMessages(message("a")), sender.sendMessages(message("b"))]);
    assert.ok(Date.now() - before >= 390);
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 3)), ["warm", "a", "b"]);
  }));

  it("goes on streaming after the connection was lost", () => ownStandIn({}, (own) => retrying(async (client) => {
    const queue = await newQueue({}, own.admin);
    const seen = new Set();
    const receiver = client.createReceiver(queue);
    receiver.subscribe({ processMessage: async (received) => { seen.add(received.body); }, processError: async () => {} });
    const sender = client.createSender(queue);
    await sender.sendMessages(message("before"));
    await until(() => seen.has("before"));
    await own.order("dropConnections");
    await until(async () => (await own.order("counts")).links > 0);
    await sender.sendMessages(message("after"));
    await until(() => seen.has("after"));
  }, own.connectionString)));

  it("goes on streaming after its link was detached", () => retrying(async (client) => {
    const queue = await newQueue();
    const seen = new Set();
    client.createReceiver(queue).subscribe({ processMessage: async (received) => { seen.add(received.body); }, processError: async () => {} });
    const sender = client.createSender(queue);
    await sender.sendMessages(message("before"));
    await until(() => seen.has("before"));
    await fault("detachLinks", queue, { condition: "amqp:link:detach-forced" });
    await sender.sendMessages(message("after"));
    await until(() => seen.has("after"));
  }));

  it("goes on after a restart of the broker, with its messages kept", () => ownStandIn({}, (own) => retrying(async (client) => {
    const queue = await newQueue({}, own.admin);
    const sender = client.createSender(queue);
    await sender.sendMessages(message("a"));
    await own.order("restart");
    await sender.sendMessages(message("b"));
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 2)), ["a", "b"]);
  }, own.connectionString)));

  it("settles on another connection when the first was lost at settlement", () => ownStandIn({}, (own) => retrying(async (client) => {
    const queue = await newQueue({}, own.admin);
    await client.createSender(queue).sendMessages(message("a"));
    const receiver = client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
    const [received] = await receive(receiver, 1);
    await own.order("dropOnSettle", { entity: queue });
    await receiver.completeMessage(received);
    assert.equal((await own.admin.getQueueRuntimeProperties(queue)).totalMessageCount, 0);
  }, own.connectionString)));

  it("tells a session's handler that its lock is lost", () => ownStandIn({}, (own) => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true }, own.admin);
    const receiver = await client.acceptSession(queue, "S");
    const lost = new Promise((resolve) => receiver.subscribe({
      processMessage: async () => {}, processError: async (args) => resolve(args.error.code),
    }));
    await until(async () => (await own.order("counts")).links === 1);
    assert.equal((await own.order("expireSessionLocks", { entity: queue })).count, 1);
    assert.equal(await lost, "SessionLockLost");
    assert.equal((await client.acceptSession(queue, "S")).sessionId, "S");
  }, own.connectionString)));

  it("refuses a receiver that waits for a session when its links are detached", () => withClient(async (client) => {
    const queue = await newQueue({ requiresSession: true });
    const accepting = client.acceptNextSession(queue);
    const outcome = assert.rejects(accepting, { code: "MessagingEntityDisabled" });
    await until(async () => (await fault("detachLinks", queue, { condition: "com.microsoft:entity-disabled" })).count > 0);
    await outcome;
  }));

  it("reports any condition by its name", () => withClient(async (client) => {
    const queue = await newQueue();
    for (const [condition, code] of [
      ["amqp:resource-limit-exceeded", "QuotaExceeded"], ["com.microsoft:entity-disabled", "MessagingEntityDisabled"], ["amqp:unauthorized-access", "UnauthorizedAccess"],
    ]) {
      await fault("rejectSend", queue, { condition });
      await assert.rejects(client.createSender(queue).sendMessages(message("a")), { code });
    }
    assert.deepEqual(await client.createReceiver(queue).peekMessages(1), []);
  }));

  it("names a token that is refused and an entity that seems missing, once each", () => ownStandIn({}, (own) => withClient(async (client) => {
    const queue = await newQueue({}, own.admin);
    await own.order("entityNotFound", { entity: queue });
    await assert.rejects(client.createSender(queue).sendMessages(message("a")), { code: "MessagingEntityNotFound" });
    await own.order("refuseToken");
    await assert.rejects(withClient((other) => other.createSender(queue).sendMessages(message("a")), own.connectionString), { code: "UnauthorizedAccess" });
    await client.createSender(queue).sendMessages(message("b"));
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 2, 300)), ["b"]);
  }, own.connectionString)));

  it("lets in as many connections as the emulator does", () => ownStandIn({ emulator: true }, async (own) => {
    const queue = await newQueue({}, own.admin);
    const within = async (count, work, left = count) => (left === 0 ? work() : withClient(async (client) => {
      await client.createSender(queue).sendMessages(message(left));
      await within(count, work, left - 1);
    }, own.connectionString));
    await within(10, async () => {
      assert.equal((await own.order("counts")).connections, 10);
      await withClient((client) => assert.rejects(client.createSender(queue).sendMessages(message("one more"))), own.connectionString,
        { retryOptions: { maxRetries: 0, timeoutInMs: 2000 } });
    });
    await until(async () => (await own.order("counts")).connections < 10);
    await withClient((client) => client.createSender(queue).sendMessages(message("again")), own.connectionString);
  }));

  it("lets a key do what it may, and nothing else", () => ownStandIn({ listenKey: "bGlzdGVu", sendKey: "c2VuZA==" }, async (own) => {
    const queue = await newQueue({}, own.admin);
    const as = (name, key) => own.connectionString.replace(parts.SharedAccessKeyName, name).replace(parts.SharedAccessKey, key);
    await withClient(async (client) => {
      await client.createSender(queue).sendMessages(message("a"));
      await assert.rejects(client.createReceiver(queue).receiveMessages(1, { maxWaitTimeInMs: 500 }), { code: "UnauthorizedAccess" });
    }, as("send", "c2VuZA=="));
    await withClient(async (client) => {
      assert.equal((await receive(client.createReceiver(queue), 1)).length, 1);
      await assert.rejects(client.createSender(queue).sendMessages(message("b")), { code: "UnauthorizedAccess" });
    }, as("listen", "bGlzdGVu"));
  }));

  it("refuses transactions with a text", async () => {
    const { Endpoint } = partsOf(connectionString);
    const { hostname, port } = new URL(Endpoint.replace("sb://", "http://"));
    const connection = rhea.create_container().connect({ host: hostname, port: Number(port), username: "judge", reconnect: false });
    try {
      const refused = new Promise((resolve) => connection.on("sender_error", (context) => resolve(context.sender.error)));
      connection.open_sender({}).local.attach.target = rhea.types.wrap_described([], 0x30);
      const error = await refused;
      assert.equal(error.condition, "amqp:not-implemented");
      assert.match(error.description, /no transactions/);
    } finally {
      connection.close();
    }
  });

  it("closes an idle link and an idle connection by the clock", () => ownStandIn({ fakeClock: true, closeIdle: true }, (own) => withClient(async (client) => {
    const queue = await newQueue({}, own.admin);
    const sender = client.createSender(queue);
    await sender.sendMessages(message("a"));
    await own.order("advance", { seconds: 700, steps: 70 });
    // The SDK ends the link's session too, and waits for ever for its own lock if the connection closes before that end is answered: CBS's session stays.
    await until(async () => {
      const { links, sessions } = await own.order("counts");
      return links === 0 && sessions === 1;
    });
    await own.order("advance", { seconds: 360, steps: 36 });
    await until(async () => (await own.order("counts")).connections === 0);
    await sender.sendMessages(message("b"));
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 2)), ["a", "b"]);
  }, own.connectionString, fewRetries)));

  it("keeps order and loses nothing while connections break", () => ownStandIn({}, (own) => retrying(async (client) => {
    const queue = await newQueue({ requiresDuplicateDetection: true }, own.admin);
    const sender = client.createSender(queue);
    await own.order("dropOnSend", { entity: queue, times: 2, skip: 5 });
    for (let i = 0; i < 20; i++) await sender.sendMessages(message(i));
    assert.deepEqual(bodies(await receive(client.createReceiver(queue), 21, 500)), Array.from({ length: 20 }, (_, i) => i));
  }, own.connectionString)));
});
