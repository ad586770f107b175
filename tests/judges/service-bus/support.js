"use strict";
// What the scenarios share: clients on the unmodified SDK, and an entity of its own for each scenario.
const { ServiceBusClient, ServiceBusAdministrationClient } = require("@azure/service-bus");
const { randomUUID } = require("node:crypto");

const connectionString = process.env.DSTREAM_JUDGE_CONNECTION_STRING;
if (!connectionString) throw new Error("DSTREAM_JUDGE_CONNECTION_STRING is not set: the tests of the stand-in start the judge.");

const parts = Object.fromEntries(connectionString.split(";").filter(Boolean).map((part) => {
  const at = part.indexOf("=");
  return [part.slice(0, at), part.slice(at + 1)];
}));

const administrationAddress = new URL(parts.Endpoint.replace("sb://", "http://"));
administrationAddress.port = parts.AdministrationPort;

// The administration client speaks https only; its public pipeline lets a policy send the request elsewhere.
function administration(text = connectionString) {
  const client = new ServiceBusAdministrationClient(text);
  client.pipeline.addPolicy({
    name: "plainHttp",
    sendRequest(request, next) {
      const url = new URL(request.url);
      url.protocol = "http:";
      url.hostname = administrationAddress.hostname;
      url.port = administrationAddress.port;
      request.url = url.toString();
      request.allowInsecureConnection = true;
      return next(request);
    },
  }, { phase: "Deserialize" });
  return client;
}

const admin = administration();
const noRetries = { retryOptions: { maxRetries: 0, timeoutInMs: 15000 } };

async function withClient(work, text = connectionString, options = noRetries) {
  const client = new ServiceBusClient(text, options);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

async function newQueue(options) {
  const name = "q-" + randomUUID();
  await admin.createQueue(name, options);
  return name;
}

async function newTopic(subscriptions = ["one"], options, subscriptionOptions) {
  const name = "t-" + randomUUID();
  await admin.createTopic(name, options);
  for (const subscription of subscriptions) await admin.createSubscription(name, subscription, subscriptionOptions);
  return name;
}

const message = (body, more) => ({ body, messageId: String(body), ...more });

async function receive(receiver, count, maxWaitTimeInMs = 5000) {
  const received = [];
  while (received.length < count) {
    const some = await receiver.receiveMessages(count - received.length, { maxWaitTimeInMs });
    if (some.length === 0) break;
    received.push(...some);
  }
  return received;
}

const bodies = (messages) => messages.map((m) => m.body);

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

module.exports = { admin, administration, bodies, connectionString, message, newQueue, newTopic, parts, receive, sleep, withClient };
