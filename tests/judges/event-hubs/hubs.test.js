"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { EventHubBufferedProducerClient, EventHubConsumerClient, EventHubProducerClient, latestEventPosition } = require("@azure/event-hubs");
const {
  attached, bodies, connectionString, groupEntry, hubEntry, newConsumer, newHub, noRetries, numbers, read, readAll, request, withConsumer, withProducer,
} = require("./support.js");

describe("event hubs", { concurrency: true }, () => {
  it("tells a hub's properties", async () => {
    const hub = await newHub(3);
    await withProducer(hub, async (producer) => {
      const properties = await producer.getEventHubProperties();
      assert.equal(properties.name, hub);
      assert.deepEqual(properties.partitionIds, ["0", "1", "2"]);
      assert.ok(Math.abs(properties.createdOn - Date.now()) < 60000);
    });
  });

  it("tells a partition's properties, empty and not", async () => {
    const hub = await newHub(1);
    await withProducer(hub, async (producer) => {
      assert.equal((await producer.getPartitionProperties("0")).isEmpty, true);
      await producer.sendBatch([{ body: "a" }, { body: "b" }]);
      const properties = await producer.getPartitionProperties("0");
      assert.equal(properties.isEmpty, false);
      assert.equal(properties.beginningSequenceNumber, 0);
      assert.equal(properties.lastEnqueuedSequenceNumber, 1);
      assert.ok(Math.abs(properties.lastEnqueuedOnUtc - Date.now()) < 60000);
    });
  });

  it("refuses a partition that there is not", async () => withProducer(await newHub(1), async (producer) => {
    await assert.rejects(producer.getPartitionProperties("7"), /partition/i);
    await assert.rejects(producer.sendBatch([{ body: "a" }], { partitionId: "7" }), /partition/i);
  }));

  it("says that a hub is not there", async () => withProducer("no-such-hub", async (producer) => {
    await assert.rejects(producer.sendBatch([{ body: "a" }]), { code: "MessagingEntityNotFoundError" });
    await assert.rejects(producer.getEventHubProperties(), { code: "MessagingEntityNotFoundError" });
  }));

  it("refuses a wrong key", async () => {
    const wrong = connectionString.replace(/SharedAccessKey=[^;]+/, "SharedAccessKey=" + Buffer.from("wrong").toString("base64"));
    await withProducer(await newHub(1), (producer) => assert.rejects(producer.sendBatch([{ body: "a" }]), { code: "UnauthorizedError" }), wrong);
  });

  it("delivers an event with all of its properties", async () => {
    const hub = await newHub(1);
    await withProducer(hub, (producer) => producer.sendBatch([{
      body: { id: 180, name: "Diana" }, messageId: "m-1", correlationId: "c-1", contentType: "application/json",
      properties: { Destination: "a.b.c", n: 7, yes: true },
    }]));
    const [event] = await withConsumer(hub, (consumer) => read(consumer, "0", 1));
    assert.deepEqual(event.body, { id: 180, name: "Diana" });
    assert.equal(event.messageId, "m-1");
    assert.equal(event.correlationId, "c-1");
    assert.equal(event.contentType, "application/json");
    assert.deepEqual(event.properties, { Destination: "a.b.c", n: 7, yes: true });
    assert.equal(event.sequenceNumber, 0);
    assert.equal(event.offset, "0");
    assert.ok(Math.abs(event.enqueuedTimeUtc - Date.now()) < 60000);
    assert.equal(event.partitionKey, undefined);
  });

  it("takes a batch whole and in order", async () => {
    const hub = await newHub(1);
    await withProducer(hub, async (producer) => {
      const batch = await producer.createBatch();
      for (const i of numbers(200)) assert.ok(batch.tryAdd({ body: i }));
      await producer.sendBatch(batch);
    });
    assert.deepEqual(bodies(await withConsumer(hub, (consumer) => read(consumer, "0", 200))), numbers(200));
  });

  it("keeps the order of batches, one after the other", async () => {
    const hub = await newHub(1);
    await withProducer(hub, async (producer) => {
      for (const i of numbers(20)) await producer.sendBatch([{ body: 2 * i }, { body: (2 * i) + 1 }]);
    });
    assert.deepEqual(bodies(await withConsumer(hub, (consumer) => read(consumer, "0", 40))), numbers(40));
  });

  it("puts all events of a key into one partition, and tells the key", async () => {
    const hub = await newHub(4);
    await withProducer(hub, async (producer) => {
      for (const i of numbers(10)) await producer.sendBatch([{ body: i }], { partitionKey: "orders" });
    });
    await withConsumer(hub, async (consumer) => {
      const used = [];
      for (const id of await consumer.getPartitionIds())
        if (!(await consumer.getPartitionProperties(id)).isEmpty) used.push(id);
      assert.equal(used.length, 1);
      const events = await read(consumer, used[0], 10);
      assert.deepEqual(bodies(events), numbers(10));
      for (const event of events) assert.equal(event.partitionKey, "orders");
    });
  });

  it("spreads keys over the partitions", async () => {
    const hub = await newHub(4);
    await withProducer(hub, async (producer) => {
      for (const i of numbers(40)) await producer.sendBatch([{ body: i }], { partitionKey: "key-" + i });
    });
    await withConsumer(hub, async (consumer) => {
      const all = await Promise.all((await consumer.getPartitionIds()).map((id) => consumer.getPartitionProperties(id)));
      assert.ok(all.filter((partition) => !partition.isEmpty).length >= 2);
    });
  });

  it("sends to the partition that is named", async () => {
    const hub = await newHub(3);
    await withProducer(hub, (producer) => producer.sendBatch([{ body: "a" }], { partitionId: "2" }));
    await withConsumer(hub, async (consumer) => {
      assert.deepEqual(bodies(await read(consumer, "2", 1)), ["a"]);
      assert.equal((await consumer.getPartitionProperties("0")).isEmpty, true);
    });
  });

  it("takes turns without key and partition", async () => {
    const hub = await newHub(2);
    await withProducer(hub, async (producer) => {
      for (const i of numbers(6)) await producer.sendBatch([{ body: i }]);
    });
    await withConsumer(hub, async (consumer) => {
      for (const id of ["0", "1"]) assert.equal((await consumer.getPartitionProperties(id)).lastEnqueuedSequenceNumber, 2);
    });
  });

  it("tells the size a batch may have, and refuses an event over it", async () => withProducer(await newHub(1), async (producer) => {
    const batch = await producer.createBatch();
    assert.ok(batch.maxSizeInBytes >= 256 * 1024);
    assert.equal(batch.tryAdd({ body: Buffer.alloc(batch.maxSizeInBytes + 1) }), false);
    await assert.rejects(producer.sendBatch([{ body: Buffer.alloc(2 * 1024 * 1024) }]), { code: "MessageTooLargeError" });
    await producer.sendBatch([{ body: "small" }]);
  }));

  it("begins at the newest event where a reader says so", async () => {
    const hub = await newHub(1);
    await withProducer(hub, async (producer) => {
      await producer.sendBatch([{ body: "old" }]);
      await withConsumer(hub, async (consumer) => {
        const reading = read(consumer, "0", 1, { startPosition: latestEventPosition });
        const poll = setInterval(() => producer.sendBatch([{ body: "new" }]).catch(() => {}), 300);
        const events = await reading;
        clearInterval(poll);
        assert.equal(events[0].body, "new");
      });
    });
  });

  it("begins at a sequence number, with it and after it", async () => {
    const hub = await newHub(1);
    await withProducer(hub, (producer) => producer.sendBatch(numbers(10).map((body) => ({ body }))));
    await withConsumer(hub, async (consumer) => {
      assert.deepEqual(bodies(await read(consumer, "0", 4, { startPosition: { sequenceNumber: 6, isInclusive: true } })), [6, 7, 8, 9]);
      assert.deepEqual(bodies(await read(consumer, "0", 3, { startPosition: { sequenceNumber: 6 } })), [7, 8, 9]);
    });
  });

  it("begins after an offset", async () => {
    const hub = await newHub(1);
    await withProducer(hub, (producer) => producer.sendBatch(numbers(5).map((body) => ({ body }))));
    await withConsumer(hub, async (consumer) => {
      const events = await read(consumer, "0", 5);
      assert.deepEqual(bodies(await read(consumer, "0", 2, { startPosition: { offset: events[2].offset } })), [3, 4]);
    });
  });

  it("begins after a time", async () => {
    const hub = await newHub(1);
    await withProducer(hub, async (producer) => {
      await producer.sendBatch([{ body: "before" }]);
      const enqueuedOn = (await producer.getPartitionProperties("0")).lastEnqueuedOnUtc;
      while (Date.now() <= enqueuedOn) await new Promise(setImmediate);
      await producer.sendBatch([{ body: "after" }]);
      await withConsumer(hub, async (consumer) =>
        assert.deepEqual(bodies(await read(consumer, "0", 1, { startPosition: { enqueuedOn } })), ["after"]));
    });
  });

  it("delivers to a reader that waits", async () => {
    const hub = await newHub(1);
    await withConsumer(hub, async (consumer) => {
      const reading = read(consumer, "0", 3, { maxWaitTimeInSeconds: 10 });
      await withProducer(hub, (producer) => producer.sendBatch([{ body: 1 }, { body: 2 }, { body: 3 }]));
      assert.deepEqual(bodies(await reading), [1, 2, 3]);
    });
  });

  it("delivers everything to each consumer group, and again to who reads again", async () => {
    const hub = await newHub(1, ["audit"]);
    await withProducer(hub, (producer) => producer.sendBatch([{ body: 1 }, { body: 2 }]));
    for (const group of ["audit", EventHubConsumerClient.defaultConsumerGroupName, "audit"])
      assert.deepEqual(bodies(await withConsumer(hub, (consumer) => read(consumer, "0", 2), group)), [1, 2]);
  });

  it("says that a consumer group is not there", async () => {
    const hub = await newHub(1);
    await withConsumer(hub, (consumer) => assert.rejects(read(consumer, "0", 1), { code: "MessagingEntityNotFoundError" }), "nobody");
  });

  it("disconnects a reader whose owner level is lower", async () => {
    const hub = await newHub(1);
    await withProducer(hub, (producer) => producer.sendBatch([{ body: "x" }]));
    await withConsumer(hub, async (consumer) => {
      // What has had an event is attached: only then another may come.
      const first = attached(consumer, "0", { ownerLevel: 1 });
      await first.hasOne;
      await withConsumer(hub, async (other) => {
        const second = attached(other, "0", { ownerLevel: 2 });
        assert.equal((await first.ended).code, "ReceiverDisconnectedError");
        await second.hasOne;
        await assert.rejects(withConsumer(hub, (third) => read(third, "0", 1, { ownerLevel: 1 })), { code: "ReceiverDisconnectedError" });
        await second.close();
      });
      await first.close();
    });
  });

  it("refuses a sixth reader without an owner level", async () => {
    const hub = await newHub(1);
    await withProducer(hub, (producer) => producer.sendBatch([{ body: "x" }]));
    const consumers = numbers(5).map(() => newConsumer(hub));
    const readers = consumers.map((consumer) => attached(consumer, "0"));
    await Promise.all(readers.map((reader) => reader.hasOne));
    await assert.rejects(withConsumer(hub, (other) => read(other, "0", 1)), { code: "QuotaExceededError" });
    await Promise.all(readers.map((reader) => reader.close()));
    await Promise.all(consumers.map((consumer) => consumer.close()));
  });

  it("tells the newest event to who asks", async () => {
    const hub = await newHub(1);
    await withProducer(hub, (producer) => producer.sendBatch([{ body: 1 }, { body: 2 }, { body: 3 }]));
    await withConsumer(hub, (consumer) => new Promise((resolve, reject) => {
      const subscription = consumer.subscribe("0", {
        processEvents: async (events, context) => {
          if (events.length === 0) return;
          await subscription.close();
          try {
            assert.equal(context.lastEnqueuedEventProperties.sequenceNumber, 2);
            resolve();
          } catch (error) {
            reject(error);
          }
        },
        processError: async (error) => reject(error),
      }, { startPosition: { sequenceNumber: -1 }, trackLastEnqueuedEventProperties: true });
    }));
  });

  it("serves the SDK's load balancer over all partitions", async () => {
    const hub = await newHub(3);
    await withProducer(hub, async (producer) => {
      for (const partitionId of ["0", "1", "2"]) await producer.sendBatch([{ body: partitionId }], { partitionId });
    });
    await withConsumer(hub, (consumer) => new Promise((resolve, reject) => {
      const seen = new Set();
      const subscription = consumer.subscribe({
        processEvents: async (events) => {
          for (const event of events) seen.add(event.body);
          if (seen.size === 3) {
            await subscription.close();
            resolve();
          }
        },
        processError: async (error) => reject(error),
      }, { startPosition: { sequenceNumber: -1 }, maxWaitTimeInSeconds: 1 });
    }));
  });

  it("serves the SDK's buffered producer", async () => {
    const hub = await newHub(2);
    const producer = new EventHubBufferedProducerClient(connectionString, hub, {
      ...noRetries, maxWaitTimeInMs: 100, onSendEventsErrorHandler: async (context) => { throw context.error; },
    });
    for (const i of numbers(50)) await producer.enqueueEvent({ body: i });
    await producer.flush();
    await producer.close();
    const found = await withConsumer(hub, (consumer) => readAll(consumer, 50));
    assert.deepEqual(bodies(found).sort((a, b) => a - b), numbers(50));
  });

  it("moves a large event", async () => {
    const hub = await newHub(1);
    const body = Buffer.alloc(200 * 1024, "x");
    await withProducer(hub, (producer) => producer.sendBatch([{ body }]));
    const [event] = await withConsumer(hub, (consumer) => read(consumer, "0", 1));
    assert.equal(event.body.length, body.length);
  });

  it("creates hubs and consumer groups once, and deletes them", async () => {
    const hub = await newHub(2);
    assert.equal((await request("PUT", hub, hubEntry(2))).status, 409);
    assert.equal((await request("PUT", `${hub}/consumergroups/g`, groupEntry())).status, 201);
    assert.equal((await request("PUT", `${hub}/consumergroups/g`, groupEntry())).status, 409);
    assert.equal((await request("DELETE", `${hub}/consumergroups/g`)).status, 200);
    const described = await (await request("GET", hub)).text();
    assert.match(described, /<PartitionCount>2<\/PartitionCount>/);
    assert.equal((await request("DELETE", hub)).status, 200);
    assert.equal((await request("GET", hub)).status, 404);
  });

  it("ends the readers of a hub that is deleted", async () => {
    const hub = await newHub(1);
    await withProducer(hub, (producer) => producer.sendBatch([{ body: "x" }]));
    await withConsumer(hub, async (consumer) => {
      const reader = attached(consumer, "0");
      await reader.hasOne;
      await request("DELETE", hub);
      assert.equal((await reader.ended).code, "MessagingEntityNotFoundError");
      await reader.close();
    });
  });

  it("goes on after the producer was closed and opened again", async () => {
    const hub = await newHub(1);
    for (const i of numbers(3)) await withProducer(hub, (producer) => producer.sendBatch([{ body: i }]));
    assert.deepEqual(bodies(await withConsumer(hub, (consumer) => read(consumer, "0", 3))), [0, 1, 2]);
    assert.ok(new EventHubProducerClient(connectionString, hub).eventHubName === hub);
  });
});
