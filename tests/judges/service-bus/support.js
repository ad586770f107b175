"use strict";
// What the scenarios share: clients on the unmodified SDK, and an entity of its own for each scenario.
const { ServiceBusClient, ServiceBusAdministrationClient } = require("@azure/service-bus");
const { randomUUID } = require("node:crypto");

const connectionString = process.env.DSTREAM_JUDGE_CONNECTION_STRING;
const control = process.env.DSTREAM_JUDGE_CONTROL;
if (!connectionString || !control) throw new Error("DSTREAM_JUDGE_CONNECTION_STRING or _CONTROL is not set: the tests of the stand-in start the judge.");

function partsOf(text) {
  return Object.fromEntries(text.split(";").filter(Boolean).map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at), part.slice(at + 1)];
  }));
}

const parts = partsOf(connectionString);

// The administration client speaks https only; its public pipeline lets a policy send the request elsewhere.
function administration(text = connectionString) {
  const { Endpoint, AdministrationPort } = partsOf(text);
  const address = new URL(Endpoint.replace("sb://", "http://"));
  const client = new ServiceBusAdministrationClient(text);
  client.pipeline.addPolicy({
    name: "plainHttp",
    sendRequest(request, next) {
      const url = new URL(request.url);
      url.protocol = "http:";
      url.hostname = address.hostname;
      url.port = AdministrationPort;
      request.url = url.toString();
      request.allowInsecureConnection = true;
      return next(request);
    },
  }, { phase: "Deserialize" });
  return client;
}

// What the SDK cannot ask for: faults, a clock that moves, a stand-in of a scenario's own. The starter of the judge listens for it.
async function command(what) {
  const answer = await fetch(control, { method: "POST", body: JSON.stringify(what) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

const fault = (kind, entity, more) => command({ do: kind, entity, ...more });

// A stand-in for one scenario, with options that would be in the way of others, or faults that would hit them.
async function ownStandIn(options, work) {
  const { standIn, connectionString: text } = await command({ do: "start", ...options });
  try {
    return await work({
      connectionString: text,
      admin: administration(text),
      order: (kind, more) => command({ do: kind, standIn, ...more }),
    });
  } finally {
    await command({ do: "stop", standIn });
  }
}

const admin = administration();
const noRetries = { retryOptions: { maxRetries: 0, timeoutInMs: 15000 } };
const fewRetries = { retryOptions: { maxRetries: 3, retryDelayInMs: 20, timeoutInMs: 2000 } };

async function withClient(work, text = connectionString, options = noRetries) {
  const client = new ServiceBusClient(text, options);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

async function newQueue(options, at = admin) {
  const name = "q-" + randomUUID();
  await at.createQueue(name, options);
  return name;
}

async function newTopic(subscriptions = ["one"], options, subscriptionOptions) {
  const name = "t-" + randomUUID();
  await admin.createTopic(name, options);
  for (const subscription of subscriptions) await admin.createSubscription(name, subscription, subscriptionOptions);
  return name;
}

// A topic with one subscription, which has this rule instead of the one that selects everything.
async function newFiltered(filter, action) {
  const topic = await newTopic([]);
  await admin.createSubscription(topic, "one", { defaultRuleOptions: { name: "first", filter, action } });
  return topic;
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

async function until(condition, patienceInMs = 10000) {
  for (const end = Date.now() + patienceInMs; !(await condition()); await sleep(20))
    if (Date.now() > end) throw new Error("What was waited for did not come.");
}

module.exports = {
  admin, administration, bodies, connectionString, fault, fewRetries, message, newFiltered, newQueue, newTopic, noRetries, ownStandIn, parts, partsOf,
  receive, sleep, until, withClient,
};
