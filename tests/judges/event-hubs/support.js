"use strict";
// What the scenarios share: clients on the unmodified SDK, and a hub of its own for each scenario.
const { EventHubConsumerClient, EventHubProducerClient, earliestEventPosition } = require("@azure/event-hubs");
const { createHmac, randomUUID } = require("node:crypto");

const connectionString = process.env.DSTREAM_JUDGE_CONNECTION_STRING;
if (!connectionString) throw new Error("DSTREAM_JUDGE_CONNECTION_STRING is not set: the tests of the stand-in start the judge.");

const parts = Object.fromEntries(connectionString.split(";").filter(Boolean).map((part) => {
  const at = part.indexOf("=");
  return [part.slice(0, at), part.slice(at + 1)];
}));

const host = new URL(parts.Endpoint.replace("sb://", "http://")).hostname;
const noRetries = { retryOptions: { maxRetries: 0, timeoutInMs: 15000 } };

// The SDK has no administration: it goes through the service's REST interface, by hand.
async function request(method, path, body) {
  const resource = encodeURIComponent(`http://${host}/${path}`.toLowerCase());
  const expiry = Math.floor(Date.now() / 1000) + 600;
  const signature = createHmac("sha256", parts.SharedAccessKey).update(`${resource}\n${expiry}`).digest("base64");
  return fetch(`http://${host}:${parts.AdministrationPort}/${path}?timeout=60&api-version=2014-01`, {
    method, body,
    headers: {
      Authorization: `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${parts.SharedAccessKeyName}`,
      "Content-Type": "application/atom+xml;type=entry;charset=utf-8",
    },
  });
}

const entry = (description) => "<entry xmlns='http://www.w3.org/2005/Atom'><content type='application/xml'>"
  + `${description.replace(">", " xmlns='http://schemas.microsoft.com/netservices/2010/10/servicebus/connect'>")}</content></entry>`;

const hubEntry = (partitions, days = 1) => entry(
  `<EventHubDescription><MessageRetentionInDays>${days}</MessageRetentionInDays><PartitionCount>${partitions}</PartitionCount></EventHubDescription>`);

const groupEntry = () => entry("<ConsumerGroupDescription></ConsumerGroupDescription>");

async function newHub(partitions = 2, groups = []) {
  const name = "hub-" + randomUUID();
  const created = await request("PUT", name, hubEntry(partitions));
  if (created.status !== 201) throw new Error(`creating the hub: ${created.status} ${await created.text()}`);
  for (const group of groups) await request("PUT", `${name}/consumergroups/${group}`, groupEntry());
  return name;
}

async function withProducer(hub, work, text = connectionString, options = noRetries) {
  const producer = new EventHubProducerClient(text, hub, options);
  try {
    return await work(producer);
  } finally {
    await producer.close();
  }
}

const newConsumer = (hub, group = EventHubConsumerClient.defaultConsumerGroupName) =>
  new EventHubConsumerClient(group, connectionString, hub, noRetries);

async function withConsumer(hub, work, group) {
  const consumer = newConsumer(hub, group);
  try {
    return await work(consumer);
  } finally {
    await consumer.close();
  }
}

// Reads a number of events, or what came until the patience ends, of one partition.
function read(consumer, partition, count, options = {}, patience = 15000) {
  return new Promise((resolve, reject) => {
    const events = [];
    const timer = setTimeout(() => done(), patience);
    const subscription = consumer.subscribe(partition, {
      processEvents: async (batch) => {
        events.push(...batch);
        if (events.length >= count) done();
      },
      processError: async (error) => {
        clearTimeout(timer);
        await subscription.close();
        reject(error);
      },
    }, { startPosition: earliestEventPosition, maxBatchSize: 100, maxWaitTimeInSeconds: 1, ...options });
    async function done() {
      clearTimeout(timer);
      await subscription.close();
      resolve(events);
    }
  });
}

// A reader that stays: promises of its first event and of the error that ends it.
function attached(consumer, partition, options = {}) {
  const reader = {};
  reader.ended = new Promise((resolve) => {
    reader.hasOne = new Promise((attachedNow, reject) => {
      const subscription = consumer.subscribe(partition, {
        processEvents: async (batch) => batch.length > 0 && attachedNow(),
        processError: async (error) => {
          reject(error);
          resolve(error);
        },
      }, { startPosition: earliestEventPosition, maxWaitTimeInSeconds: 1, ...options });
      reader.close = () => subscription.close();
    });
  });
  return reader;
}

// All events of all partitions, in no order between them.
async function readAll(consumer, count) {
  const ids = await consumer.getPartitionIds();
  const found = await Promise.all(ids.map((id) => read(consumer, id, count, {}, 3000)));
  return found.flat();
}

const bodies = (events) => events.map((event) => event.body);
const numbers = (count, from = 0) => Array.from({ length: count }, (_, i) => i + from);

module.exports = {
  attached, bodies, connectionString, groupEntry, hubEntry, newConsumer, newHub, noRetries, numbers, parts, read, readAll, request, withConsumer, withProducer,
};
